// The commands that act on this host, and those that tell what was done; each is loaded only when it is called.
import type { Command } from 'commander';

export function addActingCommands(program: Command): void {
  program
    .command('respond')
    .description('the guided way out: diagnoses this host, stops the cause, clears, starts, repairs, and watches it')
    .option('--yes', 'take all steps without asking')
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--json', 'one JSON object at the end (docs/response.schema.json); needs --yes or --dry-run')
    .option('--watch <time>', 'how long to look before the diagnosis (default: 5s)')
    .option('--verify <time>', 'how long to watch, at most, whether the site is well again (default: 60s)')
    .option('--since <time>', 'how far back logs are read (default: 3h)')
    .option('--timezone <zone>', 'zone of times that do not say theirs: Europe/Berlin, -08:00')
    .option('--trusted-proxy <cidr...>', 'proxies whose forwarded addresses are believed')
    .option('--width <columns>', 'width of the report, 40 to 120 (default: that of the terminal, else 80)')
    .option('--debug', 'show where an error came from')
    .action(async (options: Record<string, unknown>) => {
      const { respondCommand } = await import('./respond.ts');
      process.exitCode = await respondCommand(options);
    });

  program
    .command('block')
    .description('drop what comes from addresses or networks in the firewall, for a time')
    .argument('[target...]', 'addresses and networks: 203.0.113.7 2001:db8::/48')
    .option('--for <time>', 'how long: 30m, 2h, 1h30m, 7d; at most 30d (default: 1h)')
    .option('--reason <text>', 'kept with it, for whoever asks later')
    .option('--file <list>', 'a list of targets, one a line; - is standard input')
    .option('--watch <time>', 'how long to look for dropped packets afterwards: 10s (default: 3s)')
    .option('--dry-run', 'only show what would be done')
    .option('--yes', 'do it without asking')
    .option('--json', 'one JSON object')
    .option('--debug', 'show where an error came from')
    .action(async (targets: string[], options: Record<string, unknown>) => {
      const { blockCommand } = await import('./block.ts');
      process.exitCode = await blockCommand(targets, options);
    });

  program
    .command('unblock')
    .description('end blocks before their time')
    .argument('[target...]', 'addresses and networks; a network stands for all that is blocked in it')
    .option('--all', 'everything that is blocked')
    .option('--reason <text>', 'kept with it')
    .option('--yes', 'do it without asking')
    .option('--json', 'one JSON object')
    .option('--debug', 'show where an error came from')
    .action(async (targets: string[], options: Record<string, unknown>) => {
      const { unblockCommand } = await import('./unblock.ts');
      process.exitCode = await unblockCommand(targets, options);
    });

  program
    .command('bans')
    .description('who is blocked, for how long, why, and how many packets that stopped')
    .option('--restore', 'bring back into the firewall what should be there, after a reboot or a flush')
    .option('--json', 'one JSON object')
    .option('--debug', 'show where an error came from')
    .action(async (options: Record<string, unknown>) => {
      const { bansCommand } = await import('./bans.ts');
      process.exitCode = await bansCommand(options);
    });

  program
    .command('acts')
    .description('what Seawall did on this host')
    .argument('[id]', 'one of them, with every change')
    .option('--json', 'one JSON object')
    .option('--debug', 'show where an error came from')
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { actsCommand } = await import('./undo.ts');
      process.exitCode = await actsCommand(id, options);
    });

  program
    .command('undo')
    .description('take back what Seawall did')
    .argument('[id]', 'the number of the act, as "seawall acts" lists it')
    .option('--last', 'the latest that can be taken back')
    .option('--yes', 'do it without asking')
    .option('--json', 'one JSON object')
    .option('--debug', 'show where an error came from')
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { undoCommand } = await import('./undo.ts');
      process.exitCode = await undoCommand(id, options);
    });
}
