<?php
// The lab's own: what WordPress needs to be told because no way leads out of the lab.

// Else it refuses to call addresses that are kept for private use, and a pingback is over before it holds its worker.
add_filter('http_request_host_is_external', '__return_true');

// Looking for updates has nobody to ask here.
add_filter('pre_http_request', function ($answer, $arguments, $url) {
    $host = parse_url($url, PHP_URL_HOST);
    return is_string($host) && preg_match('/(^|\.)wordpress\.org$/', $host) ? new WP_Error('lab', 'no way out') : $answer;
}, 10, 3);

// The scenario "slow backend": each page asks another host, as shops ask for prices or shipping costs.
add_action('template_redirect', function () {
    $backend = @file_get_contents('/etc/wordpress/backend-url');
    if ($backend) wp_remote_get(trim($backend), ['timeout' => 10]);
});
