// The command line: hands over to one thin file a command, loaded only when it is called, so that help is instant.
import { Command, CommanderError } from 'commander';
import { addActingCommands } from './acting-commands.ts';
import { EXIT, sayError } from './exit.ts';
import { addServiceCommands } from './service-commands.ts';
import { version } from './version.ts';

const program = new Command('seawall')
  .description('The on-call engineer of a web server: says why a site is down, and what brings it back.')
  .version(version(), '-V, --version')
  .showHelpAfterError('(seawall --help tells what there is)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes: 0 done (diagnose: nothing is wrong), 1 something is wrong and it was said what,
            2 wrong usage or unreadable input, 3 could not tell (traffic: no request matched)

Examples:
  sudo seawall diagnose                           this very host, in some seconds
  sudo seawall respond                            the way out, step by step, each with its proof
  seawall diagnose incident/                      a recording, or a folder of logs
  seawall diagnose access.log journal.txt ps.txt  whatever was copied from the host
  journalctl -o export | seawall diagnose -       standard input
  seawall traffic access.log --status 5xx         who gets errors, and for what
  seawall traffic --follow /var/log/nginx/*.log   live, like top
  seawall block 203.0.113.7 --for 2h              drop what comes from there
  seawall undo --last                             take back what was done last`,
  );

program
  .command('diagnose')
  .description('why is it down? Looks at this host, or reads recordings, logs and pasted output, in any mix')
  .argument('[path...]', 'files and folders, each recognised by its content; - is standard input; none: this very host')
  .option('--watch <time>', 'how long this host is watched (default: 5s)')
  .option('--json', 'the whole report as one JSON object (docs/incident.schema.json)')
  .option('--markdown', 'the write-up as Markdown')
  .option('--html <file>', 'the write-up as one HTML page, written to a file')
  .option('--since <time>', 'leave out what is older: 2026-11-22T10:04:42Z, "2026-11-22 10:04", or 2h (ago)')
  .option('--until <time>', 'leave out what is newer, as --since')
  .option('--timezone <zone>', 'zone of times that do not say theirs: Europe/Berlin, -08:00')
  .option('--year <year>', 'year of times that have none (syslog)')
  .option('--log-format <format>', "Apache's LogFormat or nginx's log_format, for access logs that are not recognised")
  .option('--trusted-proxy <cidr...>', 'proxies whose forwarded addresses are believed')
  .option('--width <columns>', 'width of the report, 40 to 120 (default: that of the terminal, else 80)')
  .option('--threads <n>', 'threads that read access logs (default: 1, which takes least memory)')
  .option('--debug', 'show where an error came from')
  .action(async (paths: string[], options: Record<string, unknown>) => {
    const { diagnoseCommand } = await import('./diagnose.ts');
    process.exitCode = await diagnoseCommand(paths, options);
  });

program
  .command('check')
  .description('is all well now? One line, and the exit code of a monitoring plugin')
  .option('--json', 'one JSON object')
  .option('--watch <time>', 'how long this host is watched (default: 1s)')
  .addHelpText('after', '\nExit codes: 0 well, 1 warning, 2 critical, 3 could not tell')
  .action(async (options: Record<string, unknown>) => {
    const { checkCommand } = await import('./check.ts');
    process.exitCode = await checkCommand(options);
  });

program
  .command('collect')
  .description('record this host, to look at it elsewhere: samples, logs, what is in flight; secrets masked')
  .argument('[folder]', 'must not be there yet (default: seawall-HOST-TIME)')
  .option('--watch <time>', 'how long this host is watched (default: 1m)')
  .option('--since <time>', 'how far back logs are taken (default: 3h)')
  .option('--anonymise', 'map addresses to ranges kept for documentation, the same one always to the same')
  .option('--packets', 'capture packets too, headers only (needs tcpdump)')
  .option('--trusted-proxy <cidr...>', 'proxies whose forwarded addresses are believed')
  .option('--json', 'what was written, as one JSON object')
  .option('--debug', 'show where an error came from')
  .action(async (folder: string | undefined, options: Record<string, unknown>) => {
    const { collectCommand } = await import('./collect.ts');
    process.exitCode = await collectCommand(folder, options);
  });

program
  .command('traffic')
  .description('who asks for what, and at what cost? Reads access logs')
  .argument('[log...]', 'access logs and folders of them, .gz and .zst too; - is standard input')
  .option('--top <n>', 'rows of each table (default: 10; with --csv all)')
  .option(
    '--by <dimensions>',
    'one table, by one or two of source, network, path, endpoint, agent, referer, host, method, status: endpoint,source',
  )
  .option('--since <time>', 'leave out what is older: 2026-11-22T10:04:42Z, "2026-11-22 10:04", or 2h (ago)')
  .option('--until <time>', 'leave out what is newer, as --since')
  .option('--source <cidr...>', 'only requests of these addresses or networks')
  .option('--network <cidr...>', 'the same; an address stands for its /24 or /64')
  .option('--path <glob...>', "only these paths, without query; * is any text: '/wp-*'")
  .option('--status <codes...>', 'only these replies: 404,5xx,500-503')
  .option('--agent <text...>', 'only user agents that hold one of these texts; - for requests without one')
  .option('--method <methods...>', 'only these methods: POST')
  .option('--host <glob...>', "only these virtual hosts: '*.example.org'")
  .option('--verify-bots', 'ask DNS whether robots are who they say (a bounded number of look-ups)')
  .option('--packets [capture]', 'who sends, by packets: from a capture, or without one from the wire (needs tcpdump)')
  .option('--watch <time>', 'with --packets, how long the wire is watched (default: 10s)')
  .option('--follow', 'live, from the end of the logs on: redrawn every 2 s; Ctrl-C ends it')
  .option('--json', 'one JSON object (docs/traffic.schema.json); with --follow one a tick')
  .option('--csv', 'one table as CSV: that of --by, else that of sources')
  .option('--timezone <zone>', 'zone of times that do not say theirs: Europe/Berlin, -08:00')
  .option('--log-format <format>', "Apache's LogFormat or nginx's log_format, for access logs that are not recognised")
  .option('--trusted-proxy <cidr...>', 'proxies whose forwarded addresses are believed')
  .option('--width <columns>', 'width of the report, 40 to 120 (default: that of the terminal, else 80)')
  .option('--threads <n>', 'threads that read (default: one a processor, at most 2; one where memory is short)')
  .option('--engine <engine>', 'auto, kernel or reference (default: auto, the kernel where it can)')
  .option('--debug', 'show where an error came from')
  .action(async (paths: string[], options: Record<string, unknown>) => {
    if (options.packets !== undefined) {
      const { packetsCommand } = await import('./packets.ts');
      process.exitCode = await packetsCommand(paths, options);
      return;
    }
    const { trafficCommand } = await import('./traffic.ts');
    process.exitCode = await trafficCommand(paths, options);
  });

program
  .command('capture')
  .description(
    'what are they sending? Looks at requests for a moment: passwords, pingbacks, denial of service, or ordinary work',
  )
  .option('--site <path>', 'root of the site that the drop-in is put into (default: the only one of the web server)')
  .option('--through <way>', 'mu-plugin (WordPress loads it) or user-ini (PHP prepends it; default: what fits)')
  .option(
    '--packets <file>',
    'read a packet capture (pcap, pcapng); live listens with tcpdump, where HTTP is not encrypted',
  )
  .option(
    '--path <path>',
    'only requests for this path: /xmlrpc.php (default: all with a body, and all for xmlrpc.php)',
  )
  .option('--from <address>', 'only requests of this address')
  .option('--for <time>', 'how long to look: 90s, 5m (default: 60s)')
  .option('--count <n>', 'requests to look at (default: 50; of a file 20,000)')
  .option('--port <port>', 'port to listen on with --packets live (default: 80)')
  .option('--trusted-proxy <cidr...>', 'proxies whose forwarded addresses are believed')
  .option('--forget', 'only delete what earlier captures left')
  .option('--dry-run', 'only say what would be done')
  .option('--yes', 'do not ask')
  .option('--json', 'one JSON object (docs/capture.schema.json)')
  .option('--width <columns>', 'width of the report, 40 to 120 (default: that of the terminal, else 80)')
  .option('--debug', 'show where an error came from')
  .action(async (options: Record<string, unknown>) => {
    const { captureCommand } = await import('./capture.ts');
    process.exitCode = await captureCommand(options);
  });

addActingCommands(program);
addServiceCommands(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads may have seen enough (`| head`): that is no fault, and there is nobody left to tell.
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`seawall: can't write to standard output: ${error.message}\n`);
  process.exit(EXIT.usage);
});

try {
  await program.parseAsync();
} catch (error) {
  // commander has said it already, help and version among it.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else process.exitCode = sayError(error, process.argv.includes('--debug'));
}
