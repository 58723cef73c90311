// How text, lists, quotes, commands and tables look. Serif for the answer, sans serif for the rest, no colour but the accent.
export const PAGE_CSS = `
*,*::before,*::after{box-sizing:border-box}
html{font-size:100%;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:54rem;margin:0 auto;padding:clamp(1.5rem,5vw,4.5rem) clamp(1rem,4vw,2.5rem) 5rem;--accent:var(--wrong)}
main.fine{--accent:var(--fine)}
main.open{--accent:var(--open)}
h1,h2,h3,p,ul,ol,dl,dd,figure,blockquote,pre,table{margin:0;padding:0}
h1,.answer,h2{font-family:"Iowan Old Style",Charter,"Bitstream Charter","Palatino Linotype",Palatino,"URW Palladio L",Georgia,"Liberation Serif",serif}
h1{font-size:clamp(2.1rem,6vw,3.4rem);line-height:1.08;font-weight:600;letter-spacing:-.018em;color:var(--accent);text-wrap:balance}
h2{font-size:1.55rem;line-height:1.25;font-weight:600;margin-bottom:1.5rem;text-wrap:balance}
h3{font-size:1rem;line-height:1.4;font-weight:650;margin:2.25rem 0 .6rem}
section{margin-top:4.5rem}
section>h2+h3{margin-top:0}
p,li,dd{max-width:44rem}
p{text-wrap:pretty}
p+p{margin-top:.7rem}
a{color:inherit;text-decoration-color:var(--faint);text-underline-offset:.2em}
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code,pre,.id,.path,.quote figcaption{font-family:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
ul,ol{list-style:none}
.facts{color:var(--faint);font-size:.92rem;margin-bottom:1.4rem}
.facts span+span::before{content:"·";margin:0 .45em 0 .2em}
.sure{margin-top:.9rem;color:var(--faint);font-weight:500}
.answer{font-size:clamp(1.2rem,2.6vw,1.42rem);line-height:1.5;margin:1.9rem 0 1.2rem;max-width:46rem;text-wrap:pretty}
header>.answer+p{margin-top:0}
.doubt{color:var(--open);font-weight:500}
.rest,.kind,.score{color:var(--faint)}
.rest{font-size:.9rem;margin-top:.8rem}
.alarm{background:var(--alarm);color:var(--onAlarm);border-radius:.4rem;padding:1.4rem 1.6rem;margin-bottom:3rem}
.alarm>p:first-child{font-weight:650;font-size:1.1rem;line-height:1.45}
.alarm .quote,.alarm .rest{color:inherit;border-color:currentColor;background:none}
.alarm .quote figcaption{color:inherit}
.culprits>li+li{margin-top:1.5rem;padding-top:1.5rem;border-top:1px solid var(--rule)}
.culprit .id{font-size:1.25rem;font-weight:600;color:var(--accent)}
.share{margin:.15rem 0 .6rem}
.chain{counter-reset:link}
.chain>li{counter-increment:link;position:relative;padding:0 0 2.4rem 3.1rem;max-width:none}
.chain>li::before{content:counter(link);position:absolute;left:0;top:-.15rem;width:1.9rem;height:1.9rem;border-radius:50%;border:1.5px solid var(--faint);background:var(--paper);color:var(--faint);font-size:.92rem;font-weight:600;line-height:1.75rem;text-align:center;z-index:1}
.chain>li:first-child::before{background:var(--accent);border-color:var(--accent);color:var(--paper)}
.chain>li:not(:last-child)::after{content:"";position:absolute;left:calc(.95rem - .5px);top:1.7rem;bottom:.1rem;width:1px;background:var(--rule)}
.chain>li:last-child{padding-bottom:0}
.chain>li>p:first-child{font-size:1.08rem;line-height:1.5;text-wrap:pretty}
.chain>li:target::before{outline:2px solid var(--accent);outline-offset:3px}
.because{margin-top:.45rem!important;color:var(--faint);font-size:.96rem}
.because a{color:var(--ink);white-space:nowrap;margin-right:.15em}
.loose>li{max-width:none}
.loose>li+li{margin-top:1.6rem}
.quote{margin-top:.9rem;border-left:2px solid var(--rule);padding:.1rem 0 .1rem .9rem;font-size:.82rem;line-height:1.55}
.quote figcaption{color:var(--faint)}
.quote code{font-size:inherit}
pre{background:var(--shade);border-radius:.35rem;padding:.85rem 1rem;margin-top:.8rem;font-size:.84rem;line-height:1.6;white-space:pre-wrap;overflow-wrap:anywhere}
pre code{display:block;padding-left:2ch;text-indent:-2ch}
pre code.note{color:var(--faint)}
.remedies{counter-reset:remedy}
.remedies>li{counter-increment:remedy;position:relative;padding-left:3.1rem;max-width:none}
.remedies>li::before{content:counter(remedy);position:absolute;left:0;top:-.2rem;width:1.9rem;font-family:Georgia,"Liberation Serif",serif;font-size:1.5rem;line-height:1.9rem;text-align:center;color:var(--faint)}
.remedies>li+li{margin-top:2.6rem}
.remedies h3{margin:0 0 .25rem;font-size:1.05rem}
.remedies pre+p{margin-top:.8rem}
.undo{color:var(--faint);font-size:.92rem;margin-top:1rem!important}
.undo+pre{margin-top:.35rem}
.rivals dt{font-weight:650}
.rivals dd+dt{margin-top:1.2rem}
.score{font-weight:400;margin-left:.3em;font-variant-numeric:tabular-nums}
.missing>li{max-width:none}
.missing>li+li{margin-top:1.8rem}
section>ul:not([class])>li{padding-left:1.1rem;position:relative;font-size:.94rem}
section>ul:not([class])>li::before{content:"–";position:absolute;left:0;color:var(--faint)}
section>ul:not([class])>li+li{margin-top:.35rem}
table{border-collapse:collapse;width:100%;font-size:.92rem;line-height:1.5;margin-top:.8rem}
th,td{text-align:left;vertical-align:top;padding:.55rem 1.2rem .55rem 0;border-bottom:1px solid var(--rule);font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--faint);font-size:.84rem;padding-top:0;white-space:nowrap;border-bottom-color:var(--faint)}
.sources th[scope=row]{width:100%}
td:has(>time:only-child),td.figure{white-space:nowrap;font-variant-numeric:tabular-nums}
time{font-variant-numeric:tabular-nums}
.path{font-size:.82rem}
.moments .path{color:var(--faint)}
.sources .figure,.sources thead th:nth-child(2){text-align:right}
footer{margin-top:5rem;padding-top:1.2rem;border-top:1px solid var(--rule);color:var(--faint);font-size:.86rem}
@media (max-width:34rem){
section{margin-top:3.5rem}
.chain>li,.remedies>li{padding-left:2.5rem}
.alarm{padding:1.2rem}
.sources th:nth-child(n+3),.sources td:nth-child(n+3){display:none}
th,td{padding-right:.9rem}
}
`;
