<?php
/**
 * Settings of a throw-away blog; what differs between blogs is read from testbed.json, one folder up.
 */

$testbed = json_decode(file_get_contents(dirname(__DIR__) . '/testbed.json'), true);

define('DB_NAME', 'wordpress');
define('DB_USER', 'wordpress');
define('DB_PASSWORD', 'wordpress');
define('DB_HOST', $testbed['database_host']);
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('DB_DIR', dirname(__DIR__) . '/database');
define('DB_FILE', 'wordpress.sqlite');

foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $purpose) {
    define($purpose . '_KEY', $testbed['secret'] . $purpose . 'key');
    define($purpose . '_SALT', $testbed['secret'] . $purpose . 'salt');
}

define('WP_HOME', $testbed['base_url']);
define('WP_SITEURL', $testbed['base_url']);
define('WP_ENVIRONMENT_TYPE', $testbed['environment']); // "local" lets Application Passwords work over http.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', false);

$table_prefix = 'wp_';

if (! defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
