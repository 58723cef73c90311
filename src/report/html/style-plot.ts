// How the plot looks. What failed is red whatever the verdict is. The labels of the scale stand left of the plot's own area, in the margin of the figure.
export const PLOT_CSS = `
.plot{margin:0 0 3rem;padding-left:3.6rem}
.plot svg{display:block;width:100%;overflow:visible}
.plot svg svg{overflow:visible}
.plot text{font-size:12px;fill:var(--faint)}
.plot .title{fill:var(--ink);font-weight:600}
.plot .title.bad{fill:var(--wrong)}
.plot .scale{text-anchor:end;font-size:11px;font-variant-numeric:tabular-nums}
.plot .time{text-anchor:middle;font-variant-numeric:tabular-nums}
.plot .time.first{text-anchor:start}
.plot .time.last{text-anchor:end}
.plot .grid,.plot .lane{stroke:var(--rule);stroke-width:1;shape-rendering:crispEdges}
.plot .lane{stroke-dasharray:1 4}
.plot .axis{stroke:var(--faint);stroke-width:1;shape-rendering:crispEdges}
.plot .band{fill:var(--band)}
.plot path.line{fill:none;stroke:var(--data);stroke-width:1.25;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.plot path.fill{fill:var(--dataFill)}
.plot path.bad.line{stroke:var(--wrong)}
.plot path.bad.fill{fill:var(--wrong);fill-opacity:.3}
.plot .worst{fill:var(--accent);stroke:var(--paper);stroke-width:1.5}
.plot .state.up{fill:var(--data)}
.plot .state.slow{fill:var(--open)}
.plot .state.down{fill:var(--wrong)}
.plot circle.badge{stroke-width:1.25}
.plot circle.heavy{fill:var(--wrong);stroke:var(--wrong)}
.plot circle.light{fill:var(--paper);stroke:var(--faint)}
.plot .letter{text-anchor:middle;font-size:11px;font-weight:650;fill:var(--ink)}
.plot .heavy+.letter{fill:var(--paper)}
.plot .lasting{stroke:var(--faint);stroke-width:2}
.plot .again{stroke:var(--faint);stroke-width:1.25}
.plot figcaption{margin-left:-3.6rem;font-size:.92rem}
.key{color:var(--faint);font-size:.86rem;margin:.7rem 0 0 3.6rem;line-height:1.9}
.swatch{display:inline-block;width:1.3rem;height:.75rem;vertical-align:-.05rem;margin-right:.2rem}
.swatch.up{background:var(--data);height:.19rem}
.swatch.slow{background:var(--open);height:.45rem}
.swatch.down{background:var(--wrong)}
.swatch.shaded{background:var(--band);box-shadow:inset 0 0 0 1px var(--rule)}
.legend{margin-top:1.6rem}
.legend li{display:flex;gap:.8rem;max-width:none}
.legend li+li{margin-top:.4rem}
span.badge{flex:none;display:inline-block;width:1.3rem;height:1.3rem;border-radius:50%;text-align:center;font-size:.72rem;font-weight:650;line-height:1.24rem;border:1.25px solid var(--faint);margin-top:.1rem}
span.badge.heavy{background:var(--wrong);border-color:var(--wrong);color:var(--paper)}
span.badge.number{border-style:none;background:var(--shade);color:var(--ink)}
span.badge.number a{text-decoration:none;display:block}
.key span{white-space:nowrap}
.key>span{margin-right:1.1rem;display:inline-block}
@media (max-width:34rem){
.plot{padding-left:3.3rem}
.plot figcaption{margin-left:-3.3rem}
.key{margin-left:3.3rem}
.plot .minor text{display:none}
.plot .extreme{display:none}
}
`;
