<?php
/**
 * Installs a French blog with its users; reads JSON from stdin and prints the users as JSON.
 */

$wish = json_decode(stream_get_contents(STDIN), true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
define('WP_INSTALLING', true);

function wp_new_blog_notification(): void
{
    // The original writes a mail.
}

require $wish['root'] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

// While it installs, WordPress tries its permalinks over HTTP, and nothing serves it yet.
add_filter('pre_http_request', fn () => new WP_Error('testbed', 'no network during set-up'));

load_default_textdomain('fr_FR');
$GLOBALS['wp_locale'] = new WP_Locale();
$password = wp_generate_password(20, false);
wp_install($wish['title'], 'admin', 'admin@blog.example', true, '', $password, 'fr_FR');

// The sample post, its comment and the sample pages would only be in the way of tests that count.
foreach (get_posts(['post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1]) as $sample) {
    wp_delete_post($sample->ID, true);
}

update_option('timezone_string', 'Europe/Paris');
update_option('date_format', 'j F Y');
update_option('time_format', 'G \h i');
$wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%postname%/');
flush_rewrite_rules(false);

$users = [];
foreach ($wish['users'] as $login => $user) {
    if ($login === 'admin') {
        $id = get_user_by('login', 'admin')->ID;
    } else {
        $password = wp_generate_password(20, false);
        $id = wp_insert_user([
            'user_login' => $login,
            'user_pass' => $password,
            'user_email' => $login . '@blog.example',
            'display_name' => $user['display_name'],
            'role' => $user['role'],
        ]);
    }
    [$app_password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'Tirage']);
    $users[$login] = [
        'id' => $id,
        'role' => $user['role'],
        'display_name' => get_userdata($id)->display_name,
        'email' => get_userdata($id)->user_email,
        'password' => $password,
        'app_password' => $app_password,
    ];
}
echo json_encode(['users' => $users, 'version' => get_bloginfo('version')]);
