import { CONTROLS } from './controls.ts'
import { DETAIL } from './detail.ts'
import { READ } from './read.ts'
import { STATE } from './state.ts'
import { TABLE } from './table.ts'

/**
 * What the page does once scripts run, at its end. Plain text here, since it runs in a reader's browser and is named
 * by its hash in the page's policy; `test/report/page.test.ts` tries it there. Nothing of the data becomes markup:
 * elements are made one by one, and text is only ever text.
 */
export const SCRIPT = `'use strict'\n;(() => {${READ}${STATE}${TABLE}${CONTROLS}${DETAIL}})()\n`
