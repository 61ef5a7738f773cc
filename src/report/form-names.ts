/** The forms of a report for `report --format`; each has its row in the table of forms. */
export const FORM_NAMES = ['json', 'csv', 'html', 'markdown'] as const
export type FormName = (typeof FORM_NAMES)[number]
