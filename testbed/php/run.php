<?php
/**
 * Runs a piece of PHP inside a blog: {"root", "code", "args"} on stdin, what the code returns as JSON on stdout.
 */

$request = json_decode(stream_get_contents(STDIN), true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['REQUEST_METHOD'] = 'GET';

ob_start();
require $request['root'] . '/wp-load.php';
$result = (function (string $code, array $args) {
    global $wpdb, $wp_rewrite;
    return eval($code);
})($request['code'], $request['args']);
fwrite(STDERR, (string) ob_get_clean());

echo json_encode($result, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
