<?php
/**
 * Keeps a throw-away blog quiet, and lets tests switch parts of WordPress off through the option testbed_off.
 */

add_filter('pre_wp_mail', '__return_true');

$testbed_off = (array) get_option('testbed_off', []);

if (in_array('application_passwords', $testbed_off, true)) {
    add_filter('wp_is_application_passwords_available', '__return_false', 99);
}
if (in_array('xmlrpc', $testbed_off, true)) {
    add_filter('xmlrpc_enabled', '__return_false', 99);
}
if (in_array('rest', $testbed_off, true)) {
    add_filter('rest_authentication_errors', function () {
        return new WP_Error('rest_disabled', 'The REST API is switched off.', ['status' => 403]);
    }, 99);
}
if (in_array('flood_check', $testbed_off, true)) {
    add_filter('comment_flood_filter', '__return_false', 99);
}
if (in_array('block_editor', $testbed_off, true)) {
    add_filter('use_block_editor_for_post', '__return_false', 99);
}
