/**
 * The page, for Eta: `<%= %>` escapes, as text and inside double-quoted attributes; `<%~ %>` does
 * not, and is for our own style and script only.
 */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="<%= it.policy %>">
<meta name="referrer" content="no-referrer">
<title><%= it.title %></title>
<style><%~ it.style %></style>
</head>
<body>
<h1 class="<%= it.tone %>"><%= it.title %></h1>
<p class="where"><%= it.where %></p>
<% if (it.enabling !== '') { %>
<p class="warn">→ <%= it.enabling %></p>
<% } %>
<div class="bar" aria-hidden="true">
<% for (const { count, tone } of it.outcomes) { %>
<span class="<%= tone %>" style="flex: <%= count %>"></span>
<% } %>
</div>
<% if (it.work.length > 0) { %>
<h2>What is left to do</h2>
<ul class="work">
<% for (const work of it.work) { %>
<li class="<%= work.tone %>">
<strong><%= work.title %></strong>
<% if (work.message !== '') { %>
<p><%= work.message %></p>
<% } %>
<% if (work.advice !== '') { %>
<p>→ <%= work.advice %></p>
<% } %>
<p class="faint"><%= work.names %></p>
</li>
<% } %>
</ul>
<% } %>
<h2>Servers</h2>
<div class="filters" role="group" aria-label="Rows to show">
<label><input type="radio" name="show" id="show-all" checked>all <%= it.rowCount %></label>
<label><input type="radio" name="show" id="show-open">open <%= it.openCount %></label>
<% for (const { outcome, count, tone } of it.outcomes) { %>
<label class="<%= tone %>"><input type="radio" name="show" id="show-<%= outcome %>"><%= outcome %> <%= count %></label>
<% } %>
<input type="search" id="search" placeholder="search" aria-label="Search rows" hidden>
</div>
<table id="rows">
<thead>
<tr><th class="number">row</th><th>server</th><th>group</th><th>outcome</th><% if (it.isAudit) { %><th>verdict</th><% } %><th>what and why</th><th>instance</th><th class="number">took</th></tr>
</thead>
<tbody>
<% for (const row of it.rows) { %>
<tr data-outcome="<%= row.outcome %>" data-open="<%= row.open %>">
<td class="number"><%= row.row %></td>
<td><%= row.name %><code><%= row.serverId %></code></td>
<td><%= row.group %></td>
<td class="<%= row.tone %>"><%= row.outcome %></td>
<% if (it.isAudit) { %><td class="<%= row.verdictTone %>"><%= row.verdict %></td><% } %>
<td class="long"><% if (row.why !== '') { %><p><%= row.why %></p><% } %><% if (row.drift !== '') { %><p class="warn"><%= row.drift %></p><% } %><% if (row.notCarriedOver !== '') { %><p class="faint">not carried over: <%= row.notCarriedOver %></p><% } %><% if (row.advice !== '') { %><p>→ <%= row.advice %></p><% } %></td>
<td><% if (row.instanceId !== '') { %><code><%= row.instanceId %></code><% } %></td>
<td class="number"><%= row.took %></td>
</tr>
<% } %>
</tbody>
</table>
<p id="nothing" hidden>No row is like that.</p>
<% for (const table of it.tables) { %>
<h2><%= table.title %></h2>
<table>
<thead>
<tr><% for (const { header, kind } of table.columns) { %><th class="<%= kind %>"><%= header %></th><% } %></tr>
</thead>
<tbody>
<% for (const row of table.rows) { %>
<tr><% table.columns.forEach(({ header, kind }, at) => { %><td class="<%= kind %>" data-header="<%= header %>"><%= row[at] %></td><% }) %></tr>
<% } %>
</tbody>
</table>
<% } %>
<dl>
<% for (const [name, text] of it.about) { %>
<dt><%= name %></dt><dd><%= text %></dd>
<% } %>
</dl>
<script><%~ it.script %></script>
</body>
</html>
`
