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
 * The page.
 */
function tirage_print_settings_page(): void {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	echo '<div class="wrap"><h1>Tirage</h1>';
	tirage_print_notice();
	echo '<p>' . esc_html__( 'Tirage runs the giveaways of this blog: it collects the entries, judges them, draws the winners so that anyone can check it, and writes the winner comment. This page connects the blog to your Tirage service, in three steps.', 'tirage' ) . '</p>';
	tirage_print_service_section();
	tirage_print_secret_section();
	tirage_print_connect_section();
	tirage_print_deliveries_section();
	echo '</div>';
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
 * @param string $value  What it is about, if it needs that.
 */
function tirage_print_button( string $action, string $words, string $value = '' ): void {
	tirage_open_form( $action );
	printf( '<input type="hidden" name="value" value="%s">', esc_attr( $value ) );
	printf( '<button class="button">%s</button></form>', esc_html( $words ) );
}

/**
 * Step 1: where the service is.
 */
function tirage_print_service_section(): void {
	echo '<h2>' . esc_html__( '1. The service', 'tirage' ) . '</h2>';
	tirage_open_form( 'save_url' );
	echo '<table class="form-table" role="presentation"><tr><th scope="row"><label for="tirage-url">';
	echo esc_html__( 'Address of the service', 'tirage' ) . '</label></th><td>';
	printf(
		'<input type="url" id="tirage-url" name="value" class="regular-text code" value="%s" placeholder="https://draws.example" maxlength="300"> ',
		esc_attr( tirage_service_url() )
	);
	echo '<button class="button button-primary">' . esc_html__( 'Save', 'tirage' ) . '</button>';
	if ( tirage_is_open_to_listeners( tirage_service_url() ) ) {
		echo '<p class="description">' . esc_html__( 'This address isn’t encrypted (http): others on the way can read the password that is handed over. Use https.', 'tirage' ) . '</p>';
	}
	echo '</td></tr></table></form>';
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
function tirage_print_secret_section(): void {
	$secrets = tirage_secrets();
	echo '<h2>' . esc_html__( '2. The secret', 'tirage' ) . '</h2>';
	if ( array() === $secrets ) {
		echo '<p>' . esc_html__( 'The blog signs what it sends with a secret that the service knows too. Make one here, or paste the one that the service’s owner gave you.', 'tirage' ) . '</p>';
		tirage_print_button( 'make_secret', __( 'Make a secret', 'tirage' ) );
		tirage_print_paste_form();
		return;
	}
	echo '<p>' . esc_html__( 'Put this line into the settings of the service (its .env file) and start it again:', 'tirage' ) . '</p>';
	printf(
		'<p><input type="text" readonly class="large-text code" aria-label="%s" value="WEBHOOK_SECRETS=%s" onfocus="this.select()"></p>',
		esc_attr__( 'The setting for the service', 'tirage' ),
		esc_attr( implode( ' ', $secrets ) )
	);
	if ( count( $secrets ) > 1 ) {
		echo '<p>' . esc_html__( 'A new secret was made; both are good now. Once the service was started with the line above, retire the old one here, and then take it out of the service’s settings.', 'tirage' ) . '</p>';
		tirage_print_button( 'retire_secret', __( 'Retire the old secret', 'tirage' ) );
		return;
	}
	tirage_print_button( 'make_secret', __( 'Make a new secret', 'tirage' ) );
	tirage_print_paste_form();
}

/**
 * For a secret that was made elsewhere.
 */
function tirage_print_paste_form(): void {
	echo '<details><summary>' . esc_html__( 'I have a secret already', 'tirage' ) . '</summary>';
	tirage_open_form( 'paste_secret' );
	printf(
		'<p><label>%s <input type="password" name="value" class="regular-text code" autocomplete="off" placeholder="whsec_…" maxlength="120"></label> ',
		esc_html__( 'Secret', 'tirage' )
	);
	echo '<button class="button">' . esc_html__( 'Use it', 'tirage' ) . '</button></p></form></details>';
}

/**
 * Step 3: test, and hand over the moderator's login.
 */
function tirage_print_connect_section(): void {
	echo '<h2>' . esc_html__( '3. Connect', 'tirage' ) . '</h2>';
	if ( ! tirage_is_connected() ) {
		echo '<p>' . esc_html__( 'Set the address and the secret first.', 'tirage' ) . '</p>';
		return;
	}
	echo '<p>' . esc_html__( 'See whether the two understand each other:', 'tirage' ) . '</p>';
	tirage_print_button( 'test', __( 'Test', 'tirage' ) );
	$connected = get_option( 'tirage_connected', array() );
	if ( is_array( $connected ) && isset( $connected['user'], $connected['at'] ) ) {
		/* translators: 1: login, 2: date and time */
		$words = sprintf( __( 'Connected as %1$s since %2$s.', 'tirage' ), $connected['user'], wp_date( tirage_time_format(), (int) $connected['at'] ) );
		echo '<p><strong>' . esc_html( $words ) . '</strong></p>';
	}
	echo '<p>' . esc_html__( 'The service reads the comments and writes the winner comment as a moderator. Choose whose name that comment carries: an Application Password is made for them and handed over. It can be taken back at any time in their profile.', 'tirage' ) . '</p>';
	tirage_open_form( 'connect' );
	echo '<p><label>' . esc_html__( 'Moderator', 'tirage' ) . ' <select name="value">';
	foreach ( tirage_moderators() as $user ) {
		printf(
			'<option value="%d"%s>%s</option>',
			(int) $user->ID,
			selected( $user->ID, get_current_user_id(), false ),
			esc_html( "{$user->display_name} ({$user->user_login})" )
		);
	}
	echo '</select></label> <button class="button button-primary">' . esc_html__( 'Connect', 'tirage' ) . '</button></p></form>';
}

/**
 * Who may moderate comments, and may be given a password by the one who asks; oneself first.
 *
 * @return WP_User[]
 */
function tirage_moderators(): array {
	$users = get_users(
		array(
			'capability' => 'moderate_comments',
			'number'     => 100,
		)
	);
	return array_filter(
		$users,
		static function ( $user ) {
			return current_user_can( 'edit_user', $user->ID );
		}
	);
}

/**
 * The blog's own way of writing a time, with seconds.
 */
function tirage_time_format(): string {
	return get_option( 'date_format' ) . ' H:i:s';
}

/**
 * The last deliveries.
 */
function tirage_print_deliveries_section(): void {
	global $wpdb;
	echo '<h2>' . esc_html__( 'Deliveries', 'tirage' ) . '</h2>';
	$rows = $wpdb->get_results(
		'SELECT delivery, COUNT(*) AS events, MIN(created_at) AS created_at, MAX(attempts) AS attempts,
			MAX(next_at) AS next_at, MIN(state) AS state, MAX(answer) AS answer
		FROM ' . tirage_events_table() . ' GROUP BY delivery ORDER BY MAX(id) DESC LIMIT 20'
	);
	if ( ! $rows ) {
		echo '<p>' . esc_html__( 'Nothing was sent yet: when a comment comes or a post changes, it shows here.', 'tirage' ) . '</p>';
		return;
	}
	tirage_print_dropped();
	echo '<table class="widefat striped"><thead><tr>';
	$titles = array(
		__( 'When', 'tirage' ),
		__( 'Events', 'tirage' ),
		__( 'State', 'tirage' ),
		__( 'Tries', 'tirage' ),
		__( 'Send again', 'tirage' ),
	);
	foreach ( $titles as $title ) {
		echo '<th scope="col">' . esc_html( $title ) . '</th>';
	}
	echo '</tr></thead><tbody>';
	array_walk( $rows, 'tirage_print_delivery' );
	echo '</tbody></table><p>';
	tirage_print_button( 'send_all', __( 'Send everything that waits now', 'tirage' ) );
	echo '</p>';
}

/**
 * What couldn't be kept while the service was away.
 */
function tirage_print_dropped(): void {
	$dropped = (int) get_option( 'tirage_dropped', 0 );
	if ( $dropped ) {
		/* translators: %d: a number */
		$words = sprintf( __( '%d old events were dropped because too many waited. Nothing is lost by it: the service reads the posts as a whole from time to time.', 'tirage' ), $dropped );
		echo '<p>' . esc_html( $words ) . '</p>';
	}
}

/**
 * One delivery as a row.
 *
 * @param object $row From the table.
 */
function tirage_print_delivery( $row ): void {
	echo '<tr><td>' . esc_html( wp_date( tirage_time_format(), (int) strtotime( $row->created_at . ' UTC' ) ) ) . '</td>';
	echo '<td>' . (int) $row->events . '</td><td>' . esc_html( tirage_delivery_state( $row ) ) . '</td>';
	echo '<td>' . (int) $row->attempts . '</td><td>';
	if ( '' !== $row->delivery ) {
		tirage_print_button( 'send_one', __( 'Send again', 'tirage' ), $row->delivery );
	}
	echo '</td></tr>';
}

/**
 * How far a delivery is, in words.
 *
 * @param object $row From the table.
 */
function tirage_delivery_state( $row ): string {
	if ( 'sent' === $row->state ) {
		return __( 'Accepted', 'tirage' );
	}
	if ( ! (int) $row->attempts ) {
		return __( 'Waiting', 'tirage' );
	}
	/* translators: 1: what went wrong, 2: time of the next try */
	return sprintf( __( 'Not accepted (%1$s); next try at %2$s', 'tirage' ), $row->answer, wp_date( 'H:i:s', (int) $row->next_at ) );
}
