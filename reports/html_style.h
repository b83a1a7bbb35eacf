/* The style of the HTML report. It holds no character that XML or HTML would read as markup. All colours keep a
 * contrast of at least 4.5 to 1 with what is below them, in the light and in the dark. */
#ifndef REPORTS_HTML_STYLE_H
#define REPORTS_HTML_STYLE_H

static const char HTML_STYLE[] =
    ":root { color-scheme: light dark; --ink: #1c1e21; --paper: #ffffff; --soft: #f3f4f6; --line: #b9bec6;\n"
    "  --quiet: #4d545e; --pass: #116329; --fail: #a40e26; --note: #7a4d00; --skip: #4d545e; --broken: #5a32a3 }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --ink: #e6e8eb; --paper: #14171b; --soft: #1f242a; --line: #4a515b;\n"
    "    --quiet: #b3bac4; --pass: #6fdd8b; --fail: #ff9a9a; --note: #f0c060; --skip: #b3bac4; --broken: #cdb2ff }\n"
    "}\n"
    "body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);\n"
    "  max-width: 70rem; margin: 0 auto; padding: 1rem }\n"
    "h1 { font-size: 1.5rem; overflow-wrap: anywhere } h2 { font-size: 1.25rem; margin-top: 2rem }\n"
    "h3 { font-size: 1.05rem; margin: 0 } h4 { font-size: 1rem; margin: 0.75rem 0 0.25rem }\n"
    "code, pre, td { font-family: ui-monospace, monospace; font-size: 0.9rem }\n"
    "pre { background: var(--soft); padding: 0.75rem; overflow-x: auto; margin: 0.25rem 0 }\n"
    ".scroll { overflow-x: auto } .tree { white-space: pre } .quiet { color: var(--quiet) }\n"
    "table { border-collapse: collapse; margin: 0.5rem 0 } caption { text-align: left; color: var(--quiet) }\n"
    "th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.75rem 0.2rem 0;\n"
    "  border-bottom: 1px solid var(--line); overflow-wrap: anywhere } th { font-weight: 600 }\n"
    "dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0.5rem 0 }\n"
    "dt { font-weight: 600 } dd { margin: 0; overflow-wrap: anywhere }\n"
    "article { border: 1px solid var(--line); border-left: 0.4rem solid var(--line); padding: 0.75rem 1rem;\n"
    "  margin: 1rem 0 } article.fail { border-left-color: var(--fail) }\n"
    "article.broken { border-left-color: var(--broken) } article.note { border-left-color: var(--note) }\n"
    "strong, td.pass, td.fail, td.note, td.skip, td.broken { font-weight: 700 }\n"
    "strong.pass, td.pass { color: var(--pass) } strong.fail, td.fail { color: var(--fail) }\n"
    "strong.note, td.note { color: var(--note) } strong.skip, td.skip { color: var(--skip) }\n"
    "strong.broken, td.broken { color: var(--broken) } .summary { font-size: 1.15rem; font-weight: 700 }\n"
    "@media print { :root { --ink: #000000; --paper: #ffffff; --soft: #f3f4f6; --line: #808080; --quiet: #333333;\n"
    "    --pass: #116329; --fail: #a40e26; --note: #7a4d00; --skip: #333333; --broken: #5a32a3 }\n"
    "  body { max-width: none; padding: 0; font-size: 11pt } article { break-inside: avoid }\n"
    "  pre { white-space: pre-wrap } .scroll { overflow: visible } }\n";

#endif
