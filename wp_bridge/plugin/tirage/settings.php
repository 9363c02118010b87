<?php
/**
 * The page Settings → Tirage: what it shows.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

require_once TIRAGE_DIR . '/settings-actions.php';
require_once TIRAGE_DIR . '/connecting.php';
require_once TIRAGE_DIR . '/settings-connect.php';
require_once TIRAGE_DIR . '/settings-deliveries.php';

/**
 * Puts the page into the menu.
 */
function tirage_add_settings_page(): void {
	add_options_page( 'Tirage', 'Tirage', 'manage_options', 'tirage', 'tirage_print_settings_page' );
}
add_action( 'admin_menu', 'tirage_add_settings_page' );

/**
 * A link to it in the list of plugins.
 *
 * @param string[] $links What stands there.
 */
function tirage_add_settings_link( $links ): array {
	$link = sprintf( '<a href="%s">%s</a>', esc_url( tirage_settings_url() ), esc_html__( 'Settings', 'tirage' ) );
	return array_merge( array( $link ), $links );
}
add_filter( 'plugin_action_links_' . plugin_basename( TIRAGE_FILE ), 'tirage_add_settings_link' );

/**
 * Where the page is.
 */
function tirage_settings_url(): string {
	return admin_url( 'options-general.php?page=tirage' );
}

/**
 * Loads the few styles of our page and of the editors.
 *
 * @param string $page The admin page's name.
 */
function tirage_enqueue_admin_style( $page ): void {
	if ( in_array( $page, array( 'settings_page_tirage', 'post.php', 'post-new.php' ), true ) ) {
		wp_enqueue_style( 'tirage-admin', plugins_url( 'assets/admin.css', TIRAGE_FILE ), array( 'dashicons' ), TIRAGE_VERSION );
	}
}
add_action( 'admin_enqueue_scripts', 'tirage_enqueue_admin_style' );

/**
 * The page.
 */
function tirage_print_settings_page(): void {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	echo '<div class="wrap tirage-settings"><h1>Tirage</h1>';
	tirage_print_notice();
	echo '<p>' . esc_html__( 'Tirage runs the giveaways of this blog: it collects the entries, judges them, draws the winners so that anyone can check it, and writes the winner comment. Three steps connect this blog to your Tirage service.', 'tirage' ) . '</p>';
	tirage_print_service_step();
	tirage_print_secret_step();
	tirage_print_connect_step();
	tirage_print_deliveries();
	echo '</div>';
}

/**
 * The beginning of a step: its number, its title, and whether it is done.
 *
 * @param int    $number  Which step.
 * @param string $title   What it is about.
 * @param bool   $is_done Whether it is done.
 */
function tirage_open_step( int $number, string $title, bool $is_done ): void {
	$icon  = $is_done ? 'yes-alt' : 'marker';
	$words = $is_done ? __( 'Done', 'tirage' ) : __( 'To do', 'tirage' );
	printf(
		'<section class="card tirage-step%1$s" id="tirage-step-%2$d" aria-labelledby="tirage-title-%2$d"><h2 id="tirage-title-%2$d">%2$d. %3$s <span class="tirage-mark"><span class="dashicons dashicons-%4$s" aria-hidden="true"></span> %5$s</span></h2>',
		$is_done ? ' is-done' : '',
		(int) $number,
		esc_html( $title ),
		esc_attr( $icon ),
		esc_html( $words )
	);
}

/**
 * What the last form came to: kept for the user, and shown once.
 */
function tirage_print_notice(): void {
	$notice = get_transient( 'tirage_notice_' . get_current_user_id() );
	if ( ! is_array( $notice ) ) {
		return;
	}
	delete_transient( 'tirage_notice_' . get_current_user_id() );
	printf(
		'<div class="notice notice-%s is-dismissible" role="status"><p>%s</p></div>',
		esc_attr( $notice['kind'] ),
		esc_html( $notice['words'] )
	);
}

/**
 * The beginning of a form that does one thing.
 *
 * @param string $action What it does: admin-post.php's action without our prefix.
 */
function tirage_open_form( string $action ): void {
	printf( '<form method="post" action="%s">', esc_url( admin_url( 'admin-post.php' ) ) );
	printf( '<input type="hidden" name="action" value="%s">', esc_attr( "tirage_$action" ) );
	wp_nonce_field( "tirage_$action" );
}

/**
 * A form that is one button.
 *
 * @param string $action What it does.
 * @param string $words  What stands on it.
 * @param string $kind   'primary' for what to press next.
 */
function tirage_print_button( string $action, string $words, string $kind = 'secondary' ): void {
	tirage_open_form( $action );
	printf( '<p><button class="button button-%s">%s</button></p></form>', esc_attr( $kind ), esc_html( $words ) );
}

/**
 * Step 1: where the service is.
 */
function tirage_print_service_step(): void {
	tirage_open_step( 1, __( 'The service', 'tirage' ), '' !== tirage_service_url() );
	if ( tirage_may_set_address() ) {
		tirage_print_address_form();
	} else {
		printf( '<p><code>%s</code></p>', esc_html( tirage_service_url() ) );
		echo '<p class="description">' . esc_html( tirage_network_words() ) . '</p>';
	}
	if ( tirage_is_open_to_listeners( tirage_service_url() ) ) {
		echo '<div class="notice notice-warning inline"><p>' . esc_html__( 'This address isn’t encrypted (http): others on the way could read the moderator’s password, so it isn’t handed over. Use https.', 'tirage' ) . '</p></div>';
	}
	echo '</section>';
}

/**
 * Where the service's address is typed.
 */
function tirage_print_address_form(): void {
	tirage_open_form( 'save_url' );
	echo '<p><label for="tirage-url">' . esc_html__( 'Address of the service', 'tirage' ) . '</label></p>';
	printf(
		'<p class="tirage-row"><input type="url" id="tirage-url" name="value" class="regular-text code" value="%s" placeholder="https://draws.example" maxlength="300" aria-describedby="tirage-url-help"> <button class="button button-%s">%s</button></p>',
		esc_attr( tirage_service_url() ),
		'' === tirage_service_url() ? 'primary' : 'secondary',
		esc_html__( 'Save', 'tirage' )
	);
	echo '<p class="description" id="tirage-url-help">' . esc_html__( 'Where your Tirage service runs. Whoever installed it knows: it is the PUBLIC_URL in its settings.', 'tirage' ) . '</p></form>';
}

/**
 * Whether what goes to an address can be read on its way.
 *
 * @param string $url The address.
 */
function tirage_is_open_to_listeners( string $url ): bool {
	$host = (string) wp_parse_url( $url, PHP_URL_HOST );
	return 'http' === wp_parse_url( $url, PHP_URL_SCHEME )
		&& ! preg_match( '/^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|[a-z0-9-]+)$/i', $host );
}

/**
 * Step 2: the secret that both sides know.
 */
function tirage_print_secret_step(): void {
	$secrets = tirage_secrets();
	tirage_open_step( 2, __( 'The secret', 'tirage' ), 1 === count( $secrets ) );
	if ( array() === $secrets ) {
		echo '<p>' . esc_html__( 'The blog signs what it sends with a secret that the service knows too, so that nobody else can speak in its name.', 'tirage' ) . '</p>';
		tirage_print_button( 'make_secret', __( 'Make a secret', 'tirage' ), '' === tirage_service_url() ? 'secondary' : 'primary' );
		echo '<details><summary>' . esc_html__( 'I have a secret already', 'tirage' ) . '</summary>';
		tirage_print_paste_form();
		echo '</details></section>';
		return;
	}
	echo '<p><label for="tirage-line">' . esc_html__( 'Put this line into the settings of the service (its .env file) and start it again:', 'tirage' ) . '</label></p>';
	printf(
		'<p><input type="text" readonly id="tirage-line" class="large-text code" value="WEBHOOK_SECRETS=%s" onfocus="this.select()"></p>',
		esc_attr( implode( ' ', $secrets ) )
	);
	tirage_print_change_of_secret( count( $secrets ) > 1 );
	echo '</section>';
}

/**
 * Below the secret in use: how to get another one.
 *
 * @param bool $is_changing Whether a new secret was made, and the old one is still good.
 */
function tirage_print_change_of_secret( bool $is_changing ): void {
	if ( $is_changing ) {
		echo '<p>' . esc_html__( 'A new secret was made; both are good now. Once the service was started with the line above, retire the old one here, and then take it out of the service’s settings.', 'tirage' ) . '</p>';
		tirage_print_button( 'retire_secret', __( 'Retire the old secret', 'tirage' ), 'primary' );
		return;
	}
	echo '<details><summary>' . esc_html__( 'Change the secret', 'tirage' ) . '</summary>';
	tirage_print_button( 'make_secret', __( 'Make a new secret', 'tirage' ) );
	tirage_print_paste_form();
	echo '</details>';
}

/**
 * For a secret that was made elsewhere.
 */
function tirage_print_paste_form(): void {
	tirage_open_form( 'paste_secret' );
	echo '<p><label for="tirage-secret">' . esc_html__( 'The secret that the service’s owner gave you', 'tirage' ) . '</label></p>';
	echo '<p class="tirage-row"><input type="password" id="tirage-secret" name="value" class="regular-text code" autocomplete="off" placeholder="whsec_…" maxlength="120"> ';
	echo '<button class="button">' . esc_html__( 'Use it', 'tirage' ) . '</button></p></form>';
}

/**
 * The blog's own way of writing a time, with seconds.
 */
function tirage_time_format(): string {
	return get_option( 'date_format' ) . ' H:i:s';
}
