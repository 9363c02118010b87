<?php
/**
 * Loads the blog that TIRAGE_WORDPRESS names, with the plugin and all of wp-admin, before PHPUnit's tests.
 */

$_SERVER['HTTP_HOST']      = '127.0.0.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
require getenv( 'TIRAGE_WORDPRESS' ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-includes/ms-blogs.php';
error_reporting( E_ALL );
