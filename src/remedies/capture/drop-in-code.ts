// The drop-in, as PHP: it notes what requests ask for, bounded and masked before anything is written. It holds to the same rules as
// src/formats/requests, and a test holds them to each other. Long, because it must stand alone in one file of the site.

// Comments with SEAWALL in them mark what is filled in. Works on PHP 5.6 and newer; on older ones it does nothing.
export const DROP_IN = String.raw`<?php
/*
Plugin Name: Seawall capture (temporary)
Description: Notes for a moment what requests ask for, without their secrets. It stops by itself, and may be deleted at any time.
*/
call_user_func(function () {
    if (PHP_VERSION_ID < 50600 || PHP_SAPI === 'cli' || !isset($_SERVER['REQUEST_METHOD'])) return;
    if (time() >= /*SEAWALL-UNTIL*/0) return;
    $c = /*SEAWALL-CONFIG*/array('files' => array(), 'tally' => '', 'count' => 0, 'bytes' => 0, 'body' => 0, 'path' => '', 'from' => '');

    // Never an error, never output: whatever goes wrong in here stays in here.
    set_error_handler(function () { return true; });
    try {
        $get = function ($key) { return isset($_SERVER[$key]) && is_string($_SERVER[$key]) ? $_SERVER[$key] : ''; };
        $ascii = function ($s, $max) { return substr((string) preg_replace('/[^\x20-\x7e]+/', '?', $s), 0, $max); };

        // Is this request wanted?
        $parts = explode('?', (string) preg_replace('#^https?://[^/?\#]*#i', '', $get('REQUEST_URI')), 2);
        $path = (string) preg_replace('#/+#', '/', $parts[0] === '' ? '/' : $parts[0]);
        $query = isset($parts[1]) ? substr($parts[1], 0, 2000) : '';
        $method = $ascii($get('REQUEST_METHOD'), 16);
        $forwarded = array();
        foreach (array_slice(explode(',', substr($get('HTTP_X_FORWARDED_FOR'), -400)), -4) as $one) if (inet_pton(trim($one)) !== false) $forwarded[] = trim($one);
        if ($c['path'] === '') {
            if (in_array($method, array('GET', 'HEAD', 'OPTIONS'), true) && substr($path, -11) !== '/xmlrpc.php') { restore_error_handler(); return; }
        } elseif ($path !== $c['path'] && !(substr($c['path'], -4) === '.php' && substr($path, -strlen($c['path'])) === $c['path'])) { restore_error_handler(); return; }
        if ($c['from'] !== '') {
            $wanted = inet_pton($c['from']);
            $peer = inet_pton($get('REMOTE_ADDR'));
            if (strlen($peer) === 16 && substr($peer, 0, 12) === "\0\0\0\0\0\0\0\0\0\0\xff\xff") $peer = substr($peer, 12);
            if ($peer !== $wanted && !in_array($wanted, array_map('inet_pton', $forwarded), true)) { restore_error_handler(); return; }
        }

        // Is there room?
        $file = '';
        foreach ($c['files'] as $one) {
            if (is_file($one['record']) && is_writable($one['record'])) { $file = $one['record']; $tally = $one['tally']; break; }
        }
        if ($file === '' || filesize($tally) >= $c['count'] || filesize($file) >= $c['bytes']) { restore_error_handler(); return; }
        $write = function ($to, $text) {
            if (!is_file($to)) return;
            $out = fopen($to, 'ab');
            if ($out) { fwrite($out, $text); fclose($out); }
        };
        $write($tally, '.');

        // Counting, within the same bounds as everywhere in Seawall.
        $t = (object) array('calls' => array(), 'moreCalls' => 0, 'logins' => 0, 'users' => array(), 'pings' => array(), 'morePings' => 0, 'fields' => array());
        $bump = function (&$map, $key, $max) {
            if (!isset($map[$key]) && count($map) >= $max) return false;
            $map[$key] = isset($map[$key]) ? $map[$key] + 1 : 1;
            return true;
        };
        $short = function ($s) {
            if (!preg_match('//u', $s)) $s = (string) preg_replace('/[^\x20-\x7e]+/', '?', $s);
            $s = trim((string) preg_replace('/[\x00-\x1f\x7f]+/', ' ', $s));
            return preg_match('/^.{0,48}/us', $s, $m) ? $m[0] : '';
        };
        $url = function ($s) {
            if (!preg_match('~^(https?)://(?:[^/?\#@]*@)?([^/?\#@]+)([^?\#]*)~i', trim($s), $m)) return '(no URL)';
            return substr((string) preg_replace('/[^\x21-\x7e]+/', '?', strtolower($m[1]) . '://' . strtolower($m[2]) . $m[3]), 0, 120);
        };
        $login = function ($user) use ($t, $bump, $short) { $t->logins++; $bump($t->users, 'u' . $short($user), 12); };

        // Which argument is the user's name; -1: none is.
        $userAt = function ($m) {
            if (preg_match('/^(?:system|demo|pingback|jetpack)\.|^mt\.(?:supportedMethods|supportedTextFilters|getTrackbackPings)$/', $m)) return -1;
            if ($m === 'wp.getUsersBlogs') return 0;
            if (preg_match('/^blogger\.(?!getUsersBlogs$|getUserInfo$)|^wp\.(?:getPage|editPage)$/', $m)) return 2;
            return preg_match('/^(?:wp|metaWeblog|mt|blogger)\./', $m) ? 1 : -1;
        };
        $tell = function ($m, $params) use ($t, $bump, $url, $userAt, $login) {
            $name = preg_match('#^[A-Za-z0-9_.:/]+$#D', $m) ? substr($m, 0, 48) : '(no method name)';
            if (!$bump($t->calls, $name, 12)) $t->moreCalls++;
            $v = is_array($params) ? array_values($params) : array();
            if ($m === 'pingback.ping') {
                $pair = $url(isset($v[0]) && is_string($v[0]) ? $v[0] : '') . "\n" . $url(isset($v[1]) && is_string($v[1]) ? $v[1] : '');
                if (!$bump($t->pings, $pair, 4)) $t->morePings++;
                return;
            }
            $at = $userAt($m);
            if ($at >= 0 && isset($v[$at], $v[$at + 1]) && is_string($v[$at]) && is_string($v[$at + 1])) $login($v[$at]);
        };

        // XML-RPC, tag by tag: no entities but the five of XML, bounded in depth and number. Values live in $open alone.
        $xmlrpc = function ($s) use ($tell) {
            $open = array();
            $elements = 0;
            $closed = false;
            $say = function ($text) use (&$open) {
                $top = count($open) - 1;
                if ($top >= 0 && strlen($open[$top]['text']) < 1600) $open[$top]['text'] .= substr($text, 0, 1600);
            };
            $close = function () use (&$open, $tell) {
                $f = array_pop($open);
                $p = count($open) - 1;
                $keep = function ($value) use (&$open, $p) { if ($p >= 0 && count($open[$p]['values']) < 6) $open[$p]['values'][] = $value; };
                $up = $p >= 0 ? $open[$p]['tag'] : '';
                switch ($f['tag']) {
                    case 'methodName': if ($p >= 0) $open[$p]['name'] = trim($f['text']); break;
                    case 'name': if ($up === 'member') $open[$p]['name'] = trim($f['text']); break;
                    case 'param': case 'data': foreach ($f['values'] as $value) $keep($value); break;
                    case 'params': if ($p >= 0) $open[$p]['params'] = $f['values']; break;
                    case 'member':
                        $first = isset($f['values'][0]) ? $f['values'][0] : null;
                        if ($up === 'struct' && $f['name'] === 'methodName') $open[$p]['name'] = is_string($first) ? trim($first) : '';
                        elseif ($up === 'struct' && $f['name'] === 'params') $open[$p]['params'] = $first;
                        break;
                    case 'array': if ($p >= 0) $open[$p]['value'] = $f['values']; break;
                    case 'struct': case 'methodCall': if ($f['name'] !== '') $tell($f['name'], $f['params']); break;
                    case 'value': $keep($f['value'] !== null ? $f['value'] : (trim($f['text']) === '' ? '' : $f['text'])); break;
                    default: if ($up === 'value') $open[$p]['value'] = $f['text'];
                }
            };
            for ($at = 0, $n = strlen($s); $at < $n;) {
                $lt = strpos($s, '<', $at);
                // A text that is cut is not told: half a name is another name.
                if ($lt === false) break;
                $text = substr($s, $at, min(2400, $lt - $at));
                if ($open && $text !== '' && $text !== false) {
                    if (strlen($text) === 2400) $text = (string) preg_replace('/&[^;]{0,10}$/', '', $text);
                    if (preg_match('/&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)/', $text)) break;
                    $say(html_entity_decode($text, ENT_QUOTES | 16, 'UTF-8'));
                }
                if (substr($s, $lt, 9) === '<![CDATA[') {
                    $end = strpos($s, ']]>', $lt);
                    if ($end === false) break;
                    $say(substr($s, $lt + 9, min(1600, $end - $lt - 9)));
                    $at = $end + 3;
                    continue;
                }
                if (substr($s, $lt, 4) === '<!--' || substr($s, $lt, 2) === '<?') {
                    $mark = $s[$lt + 1] === '?' ? '?>' : '-->';
                    $end = strpos($s, $mark, $lt);
                    if ($end === false) break;
                    $at = $end + strlen($mark);
                    continue;
                }
                $gt = strpos($s, '>', $lt);
                if ($gt === false) break;
                if (substr($s, $lt, 2) === '<!') {
                    $subset = strpos($s, '[', $lt);
                    if ($subset !== false && $subset < $gt) $gt = strpos($s, ']>', $lt);
                    if ($gt === false) break;
                    $at = $gt + ($s[$gt] === ']' ? 2 : 1);
                    continue;
                }
                $tag = substr($s, $lt + 1, $gt - $lt - 1);
                $at = $gt + 1;
                if ($tag !== '' && $tag[0] === '/') {
                    if (!$open || $open[count($open) - 1]['tag'] !== rtrim(substr($tag, 1))) break;
                    $close();
                    if (!$open) $closed = true;
                    continue;
                }
                if (!preg_match('~^[A-Za-z_][A-Za-z0-9_.:-]*(?=[\s/]|$)~', $tag, $m)) break;
                if (++$elements > 60000 || count($open) >= 64) break;
                $open[] = array('tag' => $m[0], 'text' => '', 'value' => null, 'values' => array(), 'name' => '', 'params' => null);
                if (substr($tag, -1) === '/') { $close(); if (!$open) $closed = true; }
            }
            $ended = $at >= $n;
            while ($open) $close();
            return $closed && $ended;
        };

        // Fields: users are told, other values never, and no name of a field that is not known.
        $kinds = array();
        foreach (/*SEAWALL-FIELDS*/array() as $kind => $names) foreach ($names as $one) $kinds[$one] = $kind;
        $take = function ($side, $name, $value) use ($t, $kinds) {
            $kind = is_string($name) && isset($kinds[$name]) ? $kinds[$name] : '';
            if ($kind === '') return;
            if (count($t->fields) < 20) $t->fields[$name] = 1;
            if ($kind === 'user' && is_string($value) && $side->user === null) $side->user = $value;
            if ($kind === 'password' && is_string($value) && $value !== '') $side->password = true;
        };
        $newSide = function () { return (object) array('user' => null, 'password' => false); };
        $settle = function ($side) use ($login) { if ($side->password && $side->user !== null) $login($side->user); };
        $form = function ($s) use ($take, $newSide, $settle) {
            $side = $newSide();
            $fields = 0;
            $whole = true;
            for ($at = 0, $n = strlen($s); $at < $n; $fields++) {
                if ($fields >= 2000) { $whole = false; break; }
                $end = strpos($s, '&', $at);
                if ($end === false) $end = $n;
                $field = substr($s, $at, $end - $at);
                $equals = strpos($field, '=');
                if ($equals > 0) $take($side, urldecode(substr($field, 0, min($equals, 400))), urldecode((string) substr($field, $equals + 1, 400)));
                $at = $end + 1;
            }
            $settle($side);
            return $whole;
        };
        $nodes = 0;
        $cut = false;
        $json = function ($value, $depth) use (&$json, &$nodes, &$cut, $take, $newSide, $settle) {
            if (!is_array($value) && !is_object($value)) return;
            if ($depth >= 16 || $nodes >= 20000) { $cut = true; return; }
            $side = $newSide();
            foreach ($value as $name => $inner) {
                $nodes++;
                if (is_object($value)) $take($side, (string) $name, $inner);
                $json($inner, $depth + 1);
            }
            $settle($side);
        };

        // The body: by its content first, for attackers write into Content-Type what they like.
        $type = $get('CONTENT_TYPE');
        $length = preg_match('/^[0-9]{1,15}$/', $get('CONTENT_LENGTH')) ? (float) $get('CONTENT_LENGTH') : 0;
        $multipart = (bool) preg_match('~^\s*multipart/form-data\b~i', $type);
        // Of multipart PHP leaves nothing in php://input: it has taken the body apart itself.
        $body = $multipart ? '' : (string) file_get_contents('php://input', false, null, 0, $c['body'] + 1);
        $got = strlen($body);
        $whole = $got <= $c['body'];
        if (!$whole) $body = substr($body, 0, $c['body']);
        $begin = ltrim(substr($body, 0, 400));
        if ($multipart) {
            $side = $newSide();
            foreach ($_POST as $name => $value) $take($side, $name, is_string($value) ? substr($value, 0, 400) : '');
            $settle($side);
            $kind = 'multipart';
            $whole = count($_POST) + count($_FILES) > 0;
        } elseif ($got === 0) {
            $kind = $length > 0 ? 'unseen' : 'empty';
            $whole = $kind === 'empty';
        } elseif (preg_match('/^\s*(?:x-)?(?:gzip|deflate)\s*$/i', $get('HTTP_CONTENT_ENCODING'))) {
            $kind = 'compressed';
            $whole = false;
        } elseif (preg_match('/^(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?(?:<!DOCTYPE[^>]*>\s*)?<methodCall[\s\/>]/i', $begin)) {
            $kind = 'xmlrpc';
            $whole = $xmlrpc(trim($body)) && $whole;
        } elseif (preg_match('/^[\[{]/', $begin)) {
            $data = json_decode($body);
            $kind = $data === null ? 'other' : 'json';
            $json($data, 0);
            $whole = $whole && !$cut && $data !== null;
        } else {
            $whole = $form($body) && $whole;
            $isForm = preg_match('~^\s*application/x-www-form-urlencoded\b~i', $type) && preg_match('/^[^=&\s<{]{1,100}=/', $body);
            $kind = count($t->fields) > 0 || $isForm ? 'form' : 'other';
        }
        $body = '';

        $marks = array();
        $authorization = $get('HTTP_AUTHORIZATION') !== '' ? $get('HTTP_AUTHORIZATION') : $get('REDIRECT_HTTP_AUTHORIZATION');
        $signed = preg_match('/(?:^|&)signature=[^&]/', $query) && preg_match('/(?:^|&)token=[^&]/', $query) && preg_match('/(?:^|&)for=jetpack(?:&|$)/', $query);
        $basic = $get('PHP_AUTH_USER');
        if ($basic === '' && preg_match('/^basic\s+([A-Za-z0-9+\/=_-]{1,2000})\s*$/i', $authorization, $m)) $basic = (string) strstr((string) base64_decode($m[1]), ':', true);
        if ($signed || preg_match('/^X_JP_Auth\s/i', $authorization)) $marks[] = 'jetpack';
        elseif ($basic !== '' || preg_match('/^basic\s/i', $authorization)) $marks[] = 'authorization-basic';
        elseif ($authorization !== '') $marks[] = 'authorization-other';
        if ($basic !== '') $login($basic);
        if ($get('HTTP_COOKIE') !== '') $marks[] = 'cookie';
        if ($get('HTTP_X_WP_NONCE') !== '') $marks[] = 'nonce';

        $listed = function ($map, $skip) {
            $list = array();
            foreach ($map as $name => $count) $list[] = array('name' => (string) substr((string) $name, $skip), 'count' => $count);
            return $list;
        };
        $pings = array();
        foreach ($t->pings as $pair => $count) {
            list($from, $to) = explode("\n", $pair, 2);
            $pings[] = array('from' => $from, 'to' => $to, 'count' => $count);
        }
        $began = isset($_SERVER['REQUEST_TIME_FLOAT']) ? (float) $_SERVER['REQUEST_TIME_FLOAT'] : microtime(true);
        $id = substr(md5(uniqid((string) mt_rand(), true)), 0, 16);
        $record = array(
            'k' => 'request', 'id' => $id, 'at' => round($began * 1000), 'source' => $ascii($get('REMOTE_ADDR'), 64),
            'method' => $method, 'path' => $ascii($path, 160), 'bodyBytes' => max($length, $got), 'body' => $kind, 'whole' => (bool) $whole,
            'calls' => $listed($t->calls, 0), 'moreCalls' => $t->moreCalls, 'logins' => $t->logins, 'users' => $listed($t->users, 1),
            'pingbacks' => $pings, 'morePingbacks' => $t->morePings, 'fields' => array_keys($t->fields), 'marks' => $marks,
        );
        if ($forwarded) $record['forwarded'] = $forwarded;
        if ($get('HTTP_HOST') !== '') $record['host'] = $ascii($get('HTTP_HOST'), 160);
        if ($get('HTTP_USER_AGENT') !== '') $record['agent'] = $ascii($get('HTTP_USER_AGENT'), 160);
        $bare = trim((string) strtok($type, ';'));
        if ($bare !== '') $record['contentType'] = $ascii($bare, 160);
        $line = json_encode($record);
        // One write of less than 8 kB is never mixed with another's.
        if (is_string($line) && strlen($line) < 8000) $write($file, "\n" . $line . "\n");

        // How it is answered: WordPress's own word on logins, where it is loaded already, and how long it held its worker.
        $r = (object) array('accepted' => 0, 'refused' => 0);
        $hooked = function_exists('add_filter');
        if ($hooked) {
            add_filter('authenticate', function ($user, $name = '') use ($r) {
                if ($user instanceof WP_User) $r->accepted++;
                elseif (is_string($name) && $name !== '') $r->refused++;
                return $user;
            }, PHP_INT_MAX, 2);
        }
        register_shutdown_function(function () use ($write, $file, $id, $began, $r, $hooked) {
            set_error_handler(function () { return true; });
            $line = array('k' => 'reply', 'id' => $id, 'status' => (int) http_response_code(), 'heldMs' => max(0, round((microtime(true) - $began) * 1000)));
            if ($hooked) { $line['accepted'] = $r->accepted; $line['refused'] = $r->refused; }
            $write($file, "\n" . json_encode($line) . "\n");
            restore_error_handler();
        });
    } catch (Exception $e) {
    } catch (Throwable $e) {
    }
    restore_error_handler();
});
`;
