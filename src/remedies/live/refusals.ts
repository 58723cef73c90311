// Why nothing is changed, where several remedies say the same. `not` begins the sentence: "Not denied", "Not limited".
import type { Refusal, Service } from '../../model/act.ts';

/** `undefined` when the configuration is sound. */
export function brokenAlready(
  not: string,
  { service, broken }: { readonly service: Service; readonly broken?: string },
): Refusal | undefined {
  if (broken === undefined) return undefined;
  const test = service.test === undefined ? '' : `; its test: ${service.test.join(' ')}`;
  return {
    refused: `${not}: the configuration of ${service.name} is broken already, so nothing is changed (${broken}). Mend it first${test}`,
  };
}

export function noFolder(not: string, mainFile: string): Refusal {
  return { refused: `${not}: ${mainFile} includes no folder for a file of its own.` };
}
