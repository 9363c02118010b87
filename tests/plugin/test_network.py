"""On a network of sites: what the plugin made goes with a site, and with the plugin."""

from __future__ import annotations

import pytest

from testbed import wordpress
from testbed.site import Site
from tests.conftest import PLUGIN
from tests.plugin.conftest import UNINSTALL

_MAKE_NETWORK = """
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
foreach ($wpdb->tables('ms_global') as $table => $name) {
    $wpdb->$table = $name;
}
install_network();
populate_network(1, '127.0.0.1', 'admin@blog.example', 'Le réseau', '/', false);
"""
_SETTINGS = {
    "MULTISITE": "true",
    "SUBDOMAIN_INSTALL": "false",
    "DOMAIN_CURRENT_SITE": "'127.0.0.1'",
    "PATH_CURRENT_SITE": "'/'",
    "SITE_ID_CURRENT_SITE": "1",
    "BLOG_ID_CURRENT_SITE": "1",
}
_ADD_SITE = """
$id = wp_insert_site(['domain' => '127.0.0.1', 'path' => $args['path'], 'user_id' => 1, 'title' => 'Un site']);
return is_wp_error($id) ? $id->get_error_message() : $id;
"""
_FILL = """
foreach (get_sites(['fields' => 'ids']) as $id) {
    switch_to_blog($id);
    tirage_install_tables();
    tirage_schedule_sweep();
    update_option('tirage_service_url', 'https://draws.example');
    set_transient('tirage_notice_1', 'x', 99);
    $post = wp_insert_post(['post_title' => 'Gagnez', 'post_status' => 'publish']);
    update_post_meta($post, '_tirage_settings', ['enabled' => true]);
    wp_schedule_single_event(time() + 99, 'tirage_save_again', [1, 'a', 1]);
    restore_current_blog();
}
WP_Application_Passwords::create_new_application_password(1, ['name' => 'Made', 'app_id' => tirage_app_id()]);
"""
_LEFT = """
$left = preg_grep('/tirage/', $wpdb->get_col('SHOW TABLES'));
foreach (get_sites(['fields' => 'ids']) as $id) {
    switch_to_blog($id);
    $left = array_merge(
        $left,
        $wpdb->get_col("SELECT option_name FROM $wpdb->options WHERE option_name LIKE '%tirage\\\\_%'"),
        $wpdb->get_col("SELECT meta_key FROM $wpdb->postmeta WHERE meta_key LIKE '%tirage%'"),
        preg_match_all('/tirage_sweep|tirage_save_again/', serialize(_get_cron_array()), $hooks) ? $hooks[0] : [],
    );
    restore_current_blog();
}
$passwords = WP_Application_Passwords::get_user_application_passwords(1);
return array_merge($left, array_intersect(['Made'], wp_list_pluck($passwords, 'name')));
"""
_DELETE_SITE = """
require_once ABSPATH . 'wp-admin/includes/ms.php';
wpmu_delete_blog($args['id'], true);
"""


def make_network(site: Site) -> None:
    site.php(_MAKE_NETWORK)
    file = site.root / "wp-config.php"
    defines = "".join(f"define('{name}', {value});\n" for name, value in _SETTINGS.items())
    text = file.read_text("utf-8").replace("$table_prefix =", f"{defines}$table_prefix =")
    file.unlink()  # it is linked to the one of other blogs
    file.write_text(text, "utf-8")
    site.install_plugin(PLUGIN)


@pytest.mark.parametrize(("version", "database"), [("6.1", "sqlite"), ("6.8", "mariadb")])
def test_nothing_is_left_on_any_site_of_a_network(version: str, database: str):
    with wordpress.running(version=version, database=database) as site:
        make_network(site)
        second, third = (site.php(_ADD_SITE, path=path) for path in ("/two/", "/three/"))
        site.php(_FILL)
        left = site.php(_LEFT)
        assert len([name for name in left if name.endswith("tirage_events")]) == 3
        assert {"Made", "_tirage_settings", "tirage_save_again", "tirage_service_url"} <= set(left)
        site.php(_DELETE_SITE, id=third)
        assert f"wp_{third}_tirage_events" not in site.php(_LEFT)
        assert f"wp_{second}_tirage_events" in site.php(_LEFT)
        site.php(UNINSTALL)
        assert site.php(_LEFT) == []


_SET_ADDRESS = """
wp_set_current_user($args['id']);
return tirage_do_save_url($args['url']) instanceof WP_Error;
"""
_STEP = """
wp_set_current_user($args['id']);
ob_start();
tirage_print_service_step();
return ob_get_clean();
"""
_CONNECT_BOTH = """
foreach ($args['sites'] as $site) {
    switch_to_blog($site);
    $ours = ['name' => "Site $site", 'app_id' => tirage_app_id()];
    $uuids[] = WP_Application_Passwords::create_new_application_password(1, $ours)[1]['uuid'];
    restore_current_blog();
}
switch_to_blog($args['sites'][1]);
tirage_take_back_passwords(tirage_app_id());
restore_current_blog();
return array_values(wp_list_pluck(WP_Application_Passwords::get_user_application_passwords(1), 'name'));
"""


def test_a_site_of_a_network_aims_at_no_address_of_the_host_s_and_touches_no_other_site_s_login():
    with wordpress.running(version="6.8") as site:
        make_network(site)
        editor = site.users["moderateur"].id
        site.php("get_userdata($args['id'])->set_role('administrator');", id=editor)
        assert site.php(_SET_ADDRESS, id=editor, url="http://169.254.169.254")
        assert site.php(_SET_ADDRESS, id=editor, url="")
        assert site.php("return get_option('tirage_service_url', '');") == ""
        assert not site.php(_SET_ADDRESS, id=1, url="http://127.0.0.1:8000")
        assert site.php("return get_option('tirage_service_url');") == "http://127.0.0.1:8000"
        step = "require_once ABSPATH . 'wp-admin/includes/admin.php';" + _STEP
        assert 'name="value"' in site.php(step, id=1)
        shown = site.php(step, id=editor)
        assert 'name="value"' not in shown
        assert "http://127.0.0.1:8000" in shown
        second = site.php(_ADD_SITE, path="/two/")
        names = site.php(_CONNECT_BOTH, sites=[1, second])
        assert "Site 1" in names
        assert f"Site {second}" not in names
