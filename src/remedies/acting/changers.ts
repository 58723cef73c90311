// All kinds of changes, each with who carries it out.
import type { BanBook, Changers } from '../../model/act.ts';
import { banChanger, cutChanger, unbanChanger } from './change-bans.ts';
import { copyAside } from './change-copy.ts';
import { changeFile } from './change-file.ts';
import { endProcesses } from './change-processes.ts';
import { runChange } from './change-run.ts';
import { changeService } from './change-service.ts';

export function changersFor(book: BanBook): Changers {
  return {
    file: changeFile,
    ban: banChanger(book),
    unban: unbanChanger(book),
    cut: cutChanger,
    service: changeService,
    end: endProcesses,
    copy: copyAside,
    run: runChange,
  };
}
