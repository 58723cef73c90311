// How the page prints, on A4: nothing is torn apart that belongs together, and what is filled stays filled.
export const PRINT_CSS = `
@page{size:A4;margin:18mm 17mm 20mm}
@media print{
:root{color-scheme:light;--paper:#ffffff}
html{font-size:9.5pt}
main{max-width:none;padding:0}
section{margin-top:2.6rem}
p,li,dd,.answer{max-width:none}
h1,h2,h3{break-after:avoid}
.culprits>li,.quote,pre code,tr,dt,.plot svg,.legend li,.alarm{break-inside:avoid}
dt{break-after:avoid}
thead{display:table-header-group}
p,li{orphans:3;widows:3}
a{text-decoration:none}
.alarm,.plot,.badge,.swatch,pre,.chain>li::before{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;
