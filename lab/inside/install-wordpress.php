<?php
// Runs once inside the server, when the lab's database is first made: installs WordPress as its own set-up page does,
// with a known administrator and some posts. Arguments: site, user, password, number of posts.
[, $site, $user, $password, $posts] = $argv;
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = $site;
$_SERVER['SERVER_NAME'] = $site;
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
// Nobody reads this host's mail.
function wp_mail() { return true; }
require '/usr/share/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install('Example Bakery', $user, 'admin@example.org', true, '', $password);
update_option('siteurl', "http://$site");
update_option('home', "http://$site");
update_option('default_pingback_flag', 0);
wp_set_password($password, 1);

$words = explode(' ', 'bread flour oven morning village rye wheat crust salt water yeast market basket baker early '
    . 'warm seed butter honey apple plum autumn river bridge mill stone wood fire winter cellar recipe grandmother');
mt_srand(1);
for ($i = 1; $i <= (int) $posts; $i++) {
    $paragraphs = [];
    for ($p = 0; $p < 6; $p++) {
        $sentence = [];
        for ($w = 0; $w < 60; $w++) {
            $sentence[] = $words[mt_rand(0, count($words) - 1)];
        }
        $paragraphs[] = '<p>' . ucfirst(implode(' ', $sentence)) . '.</p>';
    }
    $id = wp_insert_post([
        'post_title' => ucfirst($words[$i % count($words)]) . " and $i more",
        'post_content' => implode("\n", $paragraphs),
        'post_status' => 'publish',
        'post_author' => 1,
        'post_date' => gmdate('Y-m-d H:i:s', 1767225600 + $i * 86400),
        'ping_status' => 'open',
        'comment_status' => 'open',
    ]);
    wp_insert_comment(['comment_post_ID' => $id, 'comment_content' => 'How good!', 'comment_author' => 'A reader',
        'comment_approved' => 1]);
}
echo "installed\n";
