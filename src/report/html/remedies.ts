// What to do: each remedy with its commands, whom it would have hit, and how it is taken back.
import type { AdvisedRemedy, Findings } from '../../model/findings.ts';
import { reachSentence } from '../words/remedy.ts';
import { HEADINGS, LABELS } from './labels.ts';
import { html, type Markup } from './markup.ts';
import { commands, section, tied } from './parts.ts';

export function remedies({ remedies: advised }: Findings): Markup | undefined {
  if (advised.length === 0) return undefined;
  return section('remedies', HEADINGS.remedies, html`<ol class="remedies">${advised.map(remedy)}</ol>`);
}

function remedy({ plan, preview, reach }: AdvisedRemedy): Markup {
  const undo =
    preview.undo.length > 0 ? html`\n<p class="undo">${LABELS.undo}</p>${commands(preview.undo)}` : undefined;
  return html`
<li><h3>${preview.title}</h3>
<p>${tied(plan.reason)}</p>${preview.commands.length > 0 ? commands(preview.commands) : undefined}${reach && html`\n<p>${tied(reachSentence(reach))}</p>`}${undo}</li>`;
}
