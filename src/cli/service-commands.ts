// The commands that act on the services of this host; each is loaded only when it is called.
import type { Command } from 'commander';

export function addServiceCommands(program: Command): void {
  program
    .command('deny')
    .description('refuse a path in the web server, before PHP starts')
    .argument('<path>', 'of the URL: /xmlrpc.php')
    .option('--except <cidr...>', 'clients that still get in: 192.0.2.0/24')
    .option('--reason <text>', 'kept with it, for whoever asks later')
    .option('--dry-run', 'only show what would be done')
    .option('--yes', 'do it without asking')
    .option('--json', 'one JSON object')
    .option('--debug', 'show where an error came from')
    .action(async (path: string, options: Record<string, unknown>) => {
      const { denyCommand } = await import('./deny.ts');
      process.exitCode = await denyCommand(path, options);
    });

  program
    .command('quiet')
    .description('restart web server and PHP, and end the workers that are left: pile and queue are gone')
    .option('--reason <text>', 'kept with it, for whoever asks later')
    .option('--dry-run', 'only show what would be done')
    .option('--yes', 'do it without asking')
    .option('--json', 'one JSON object')
    .option('--debug', 'show where an error came from')
    .action(async (options: Record<string, unknown>) => {
      const { quietCommand } = await import('./deny.ts');
      process.exitCode = await quietCommand(options);
    });

  program
    .command('recover')
    .description('database and web server back, tables checked and repaired, nothing lost')
    .option('--web <server>', 'which web server to start where two are installed: apache, nginx')
    .option('--reason <text>', 'kept with it, for whoever asks later')
    .option('--dry-run', 'only show what would be done')
    .option('--yes', 'do it without asking')
    .option('--json', 'one JSON object')
    .option('--debug', 'show where an error came from')
    .action(async (options: Record<string, unknown>) => {
      const { recoverCommand } = await import('./recover.ts');
      process.exitCode = await recoverCommand(options);
    });
}
