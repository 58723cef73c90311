// The colours of the page, light and dark. One accent stands for the cause and what it did; all else is ink and paper.

export interface Palette {
  readonly paper: string;
  /** Behind quotes and commands. */
  readonly shade: string;
  readonly rule: string;
  readonly ink: string;
  /** Text of less weight. */
  readonly faint: string;
  /** Areas and lines of the plot. */
  readonly data: string;
  readonly dataFill: string;
  /** The cause, by how the verdict is: something is wrong, nothing is, not known. */
  readonly wrong: string;
  readonly fine: string;
  readonly open: string;
  /** The band of the incident in the plot. */
  readonly band: string;
  /** The warning of a break-in, and the text on it. */
  readonly alarm: string;
  readonly onAlarm: string;
}

export const LIGHT: Palette = {
  paper: '#fdfcfa',
  shade: '#f4f2ed',
  rule: '#dedad1',
  ink: '#23262b',
  faint: '#5d626b',
  data: '#5f6f80',
  dataFill: '#c9d1d9',
  wrong: '#b3361b',
  fine: '#2d6a3f',
  open: '#85590a',
  band: '#f9ece6',
  alarm: '#a3200d',
  onAlarm: '#ffffff',
};

export const DARK: Palette = {
  paper: '#16181b',
  shade: '#1f2226',
  rule: '#363a41',
  ink: '#e6e4df',
  faint: '#a4a9b1',
  data: '#8fa0b3',
  dataFill: '#3d4753',
  wrong: '#ff8f6b',
  fine: '#7fc796',
  open: '#e3b04b',
  band: '#2a211e',
  alarm: '#a3200d',
  onAlarm: '#ffffff',
};
