/**
 * The page, for Eta: `<%= %>` escapes, as text and inside double-quoted attributes; `<%~ %>` does not, and is for
 * our own style and script and for the rows as JSON, which is escaped for where it stands. No style attributes: the
 * policy refuses them. Charts are SVG in per cent of their width, so that their text keeps its size.
 */
const HEAD = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="<%= it.policy %>">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title><%= it.title %></title>
<style><%~ it.style %></style>
</head>
`

const TOP = `
<header class="top <%= it.tone %>">
<p class="kicker">sdrs-protect <b><%= it.command %></b> <span class="badge <%= it.tone %>"><%= it.ended %></span></p>
<h1><%= it.title %></h1>
<p class="where"><%= it.where %><% if (it.identity !== '') { %> · <%= it.identity %><% } %></p>
<p class="when"><%= it.when %></p>
</header>
<main>
<% if (it.nextCommand !== '' || it.nextBefore !== '' || it.nextAfter !== '' || it.enabling !== '') { %>
<section class="next" aria-labelledby="next">
<h2 id="next">What to do next</h2>
<% if (it.nextBefore !== '') { %><p><%= it.nextBefore %></p><% } %>
<% if (it.nextCommand !== '') { %>
<p class="command"><code id="command"><% it.nextCommand.split(' ').forEach((word, at) => { %><%= at === 0 ? '' : ' ' %><span><%= word %></span><% }) %></code> <button type="button" class="copy" data-copy="command" hidden>copy</button></p>
<% } %>
<% if (it.nextAfter !== '') { %><p><%= it.nextAfter %></p><% } %>
<% if (it.enabling !== '') { %><p class="faint"><%= it.enabling %></p><% } %>
</section>
<% } %>
<% if (it.notes.length > 0) { %>
<section class="notes" aria-label="About this report"><% for (const note of it.notes) { %><p><%= note %></p><% } %></section>
<% } %>
<% if (it.unchecked.length > 0) { %>
<section class="notes" aria-labelledby="unchecked"><h3 id="unchecked">Could not be read: nothing is blocked, and nothing called a difference, for it</h3><% for (const each of it.unchecked) { %><p><%= each %></p><% } %></section>
<% } %>
<section class="meters" aria-label="How far it is">
<% for (const { name, value, of, note, bar } of it.meters) { %>
<div class="meter">
<p class="name"><%= name %></p>
<p class="value"><b><%= value %></b> <%= of %></p>
<svg class="bar" height="8" width="100%" aria-hidden="true"><% for (const each of bar) { %><rect class="fill-<%= each.tone %>" x="<%= each.x %>" width="<%= each.width %>" height="8"/><% } %></svg>
<p class="faint"><%= note %></p>
</div>
<% } %>
</section>
<% if (it.tiles.length > 0) { %>
<section aria-labelledby="outcomes">
<h2 id="outcomes"><%= it.isAudit ? 'Verdicts' : 'Outcomes' %></h2>
<svg class="bar" height="14" width="100%" role="img" aria-label="<%= it.tileBar.map(({ label }) => label).join(', ') %>"><% for (const each of it.tileBar) { %><rect class="fill-<%= each.tone %> edge" x="<%= each.x %>" width="<%= each.width %>" height="14"><title><%= each.label %></title></rect><% } %></svg>
<ul class="tiles">
<% for (const { key, count, tone, hash } of it.tiles) { %>
<li><a class="tile" href="<%= hash %>"><span class="dot fill-<%= tone %>"></span><b class="<%= tone %>"><%= count %></b> <%= key %></a></li>
<% } %>
</ul>
</section>
<% } %>
<% if (it.causes.length > 0) { %>
<section aria-labelledby="work">
<h2 id="work">What needs a person</h2>
<ul class="work">
<% it.causes.forEach((cause, at) => { %>
<li class="edge-<%= cause.tone %>">
<h3 class="<%= cause.tone %>"><%= cause.title %></h3>
<% if (cause.message !== '') { %><p><%= cause.message %></p><% } %>
<% if (cause.advice !== '') { %><p class="advice">→ <%= cause.advice %></p><% } %>
<p class="faint"><%= cause.names %><% if (cause.rows.length > 0) { %> <a class="scripted" href="#cause=<%= at + 1 %>">show <%= cause.rows.length === 1 ? 'it' : 'them' %></a><% } %></p>
</li>
<% }) %>
</ul>
</section>
<% } %>
`

const GROUPS = `
<% if (it.groups.length > 0) { %>
<section aria-labelledby="groups">
<h2 id="groups">Protection groups</h2>
<div class="wide" tabindex="0" role="region" aria-label="Protection groups, one by one">
<table class="groups">
<thead><tr><th scope="col">group</th><th scope="col" class="number">created</th><% if (it.isAudit) { %><th scope="col" class="number">in sync</th><% } %><th scope="col" class="chart"><%= it.isAudit ? 'verdicts' : 'outcomes' %></th><th scope="col">protection</th><th scope="col">status</th><% if (it.hasEnabling) { %><th scope="col">switched on</th><% } %><% if (it.hasWork) { %><th scope="col" class="number">took</th><% } %></tr></thead>
<tbody>
<% for (const group of it.groups) { %>
<tr>
<th scope="row"><a href="<%= group.hash %>"><%= group.name %></a><code><%= group.id %></code></th>
<td class="number c-created"><%= group.created %> of <%= group.rows %></td>
<% if (it.isAudit) { %><td class="number" data-header="in sync"><%= group.inSync %> of <%= group.rows %></td><% } %>
<td class="chart"><svg class="bar" height="10" width="100%" role="img" aria-label="<%= group.bar.map(({ label }) => label).join(', ') || 'no server' %>"><% for (const each of group.bar) { %><rect class="fill-<%= each.tone %> edge" x="<%= each.x %>" width="<%= each.width %>" height="10"><title><%= each.label %></title></rect><% } %></svg></td>
<td class="<%= group.protectionTone %>" data-header="protection"><%= group.protection %></td>
<td data-header="status"><%= group.status %></td>
<% if (it.hasEnabling) { %><td class="long" data-header="switched on"><%= group.enabling %></td><% } %>
<% if (it.hasWork) { %><td class="number" data-header="took"><%= group.took %></td><% } %>
</tr>
<% } %>
</tbody>
</table>
</div>
</section>
<% } %>
<% if (it.timeline !== null) { %>
<section aria-labelledby="timeline">
<h2 id="timeline">When each group was at work, and what it waited for</h2>
<ul class="legend"><% for (const { kind, words } of it.timeline.legend) { %><li><span class="dot span-<%= kind %>"></span><%= words %></li><% } %></ul>
<ul class="lanes">
<% for (const lane of it.timeline.lanes) { %>
<li>
<p class="lane"><b><%= lane.name %></b> <span class="faint" title="<%= lane.words %>"><%= lane.words %></span></p>
<svg class="lane" height="22" width="100%" role="img" aria-label="<%= lane.name %>: <%= lane.words %>"><% for (const { x } of it.timeline.ticks) { %><line class="grid" x1="<%= x %>" x2="<%= x %>" y2="22"/><% } %><% for (const each of lane.work) { %><rect class="span-<%= each.tone %>" x="<%= each.x %>" width="<%= each.width %>" y="1" height="12"><title><%= each.label %></title></rect><% } %><% for (const each of lane.waits) { %><rect class="span-<%= each.tone %>" x="<%= each.x %>" width="<%= each.width %>" y="15" height="6"><title><%= each.label %></title></rect><% } %></svg>
</li>
<% } %>
</ul>
<svg class="axis" height="18" width="100%" aria-hidden="true"><% for (const { x, anchor, label } of it.timeline.ticks) { %><text class="<%= anchor %>" x="<%= x %>" y="13"><%= label %></text><% } %></svg>
<p class="faint">UTC. Above: at work; below, in its own strip: waiting.<% if (it.timeline.left > 0) { %> The <%= it.timeline.left %> groups that ended before these are left out.<% } %></p>
</section>
<% } %>
<% if (it.durations !== null) { %>
<section aria-labelledby="durations">
<h2 id="durations">How long a <%= it.durations.what %> took</h2>
<dl class="figures"><% for (const [name, text] of it.durations.figures) { %><div><dt><%= name %></dt><dd><%= text %></dd></div><% } %></dl>
<svg class="histogram" height="90" width="100%" role="img" aria-label="Histogram: <%= it.durations.bars.map(({ label }) => label).join(', ') %>"><% for (const each of it.durations.bars) { %><rect class="fill-chart edge" x="<%= each.x %>" width="<%= each.width %>" y="<%= each.y %>" height="<%= each.height %>"><title><%= each.label %></title></rect><% } %></svg>
<svg class="axis" height="18" width="100%" aria-hidden="true"><% for (const { x, anchor, label } of it.durations.ticks) { %><text class="<%= anchor %>" x="<%= x %>" y="13"><%= label %></text><% } %></svg>
<p class="faint">From the first request to the end, waits included.</p>
</section>
<% } %>
`

const SERVERS = `
<section aria-labelledby="servers">
<h2 id="servers">Servers</h2>
<div id="controls" hidden>
<div class="filters">
<input type="search" id="search" placeholder="search names, IDs, messages …" aria-label="Search rows" autocomplete="off" spellcheck="false">
<label>group <select id="group"></select></label>
<label id="waves" hidden>wave <select id="wave"></select></label>
<label id="columns" hidden>column <select id="column"></select></label>
<label id="values" hidden>is <select id="value"></select></label>
</div>
<div class="chips" id="outcome-chips" role="group" aria-label="Outcomes to show"></div>
<div class="chips" id="active" role="group" aria-label="Other filters in use"></div>
<p class="faint bar-text"><span id="shown" role="status"></span> <button type="button" class="copy" id="copy-names">copy names</button> <button type="button" class="copy" id="copy-ids">copy server IDs</button></p>
</div>
<div id="scroll" role="region" aria-label="Servers, row by row" tabindex="0" hidden>
<table id="rows">
<thead><tr>
<th scope="col" class="number" data-sort="row"><button type="button">row</button></th>
<th scope="col" data-sort="name"><button type="button">server</button></th>
<th scope="col" data-sort="group"><button type="button">group</button></th>
<% if (it.hasWaves) { %><th scope="col" data-sort="wave"><button type="button">wave</button></th><% } %>
<th scope="col" data-sort="outcome"><button type="button"><%= it.isAudit ? 'verdict' : 'outcome' %></button></th>
<th scope="col" data-sort="message"><button type="button">what and why</button></th>
<% if (it.hasRowWork) { %><th scope="col" class="number" data-sort="attempts"><button type="button">attempts</button></th>
<th scope="col" class="number" data-sort="durationMs"><button type="button">took</button></th><% } %>
</tr></thead>
<tbody></tbody>
</table>
</div>
<p id="nothing" hidden>No row is like that.</p>
<noscript>
<% if (it.open.length === 0) { %>
<p>No row is open. All rows are in <a href="report.csv">report.csv</a>.</p>
<% } else { %>
<p>The open rows; all of them are in <a href="report.csv">report.csv</a>.</p>
<div class="wide" tabindex="0" role="region" aria-label="Open rows">
<table id="open">
<thead><tr><th scope="col" class="number">row</th><th scope="col">server</th><th scope="col">ID</th><th scope="col">group</th><th scope="col">outcome</th><th scope="col">what and why</th></tr></thead>
<tbody>
<% for (const row of it.open) { %>
<tr><td class="number"><%= row.row %></td><td><%= row.name %></td><td><code><%= row.serverId %></code></td><td><%= row.group %></td><td class="<%= row.tone %>"><%= row.outcome %></td><td><%= row.why %></td></tr>
<% } %>
</tbody>
</table>
</div>
<% } %>
</noscript>
<div id="print" hidden></div>
</section>
`

const END = `
<% for (const table of it.tables) { %>
<section>
<h2><%= table.title %></h2>
<div class="wide" tabindex="0" role="region" aria-label="<%= table.title %>">
<table class="plain">
<thead><tr><% for (const header of table.columns) { %><th scope="col"><%= header %></th><% } %></tr></thead>
<tbody>
<% for (const row of table.rows) { %>
<tr><% for (const text of row) { %><td><%= text %></td><% } %></tr>
<% } %>
</tbody>
</table>
</div>
<% if (table.left !== '' || table.hash !== '') { %><p class="faint"><% if (table.left !== '') { %>… and <%= table.left %> more in <a href="report.json">report.json</a>. <% } %><% if (table.hash !== '') { %><a class="scripted" href="<%= table.hash %>">Show the rows</a><% } %></p><% } %>
</section>
<% } %>
<section aria-labelledby="about">
<h2 id="about">About this run</h2>
<dl class="about">
<% for (const [name, text] of it.about) { %>
<dt><%= name %></dt><dd><%= text %></dd>
<% } %>
<dt>Files beside it</dt><dd><% for (const file of it.files) { %><a href="<%= file %>"><%= file %></a> <% } %></dd>
</dl>
</section>
</main>
<dialog id="detail" aria-labelledby="detail-name">
<form method="dialog"><h2 id="detail-name"></h2><button aria-label="Close">✕</button></form>
<dl id="detail-facts"></dl>
</dialog>
<script type="application/json" id="data"><%~ it.data %></script>
<script><%~ it.script %></script>
</body>
</html>
`

export const PAGE = `${HEAD}<body>${TOP}${GROUPS}${SERVERS}${END}`
