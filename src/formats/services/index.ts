// The log files of the services that a site runs on, for the list of all formats.
import type { TextFormat } from '../../model/reader.ts';
import { apacheErrorFormat } from './apache-error.ts';
import { databaseErrorFormat } from './database-error.ts';
import { fpmLogFormat } from './fpm-log.ts';
import { fpmSlowFormat } from './fpm-slow.ts';
import { litespeedErrorFormat } from './litespeed-error.ts';
import { nginxErrorFormat } from './nginx-error.ts';
import { phpErrorFormat } from './php-error.ts';
import { slowQueryFormat } from './slow-query.ts';

export const serviceFormats: readonly TextFormat[] = [
  litespeedErrorFormat,
  databaseErrorFormat,
  slowQueryFormat,
  apacheErrorFormat,
  nginxErrorFormat,
  fpmLogFormat,
  fpmSlowFormat,
  phpErrorFormat,
];
