<?php
/**
 * The page Settings → Tirage: what its buttons do. Each checks the nonce and the right, acts, and goes back with a notice.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Does what a form of the page asks for.
 */
function tirage_handle_form(): void {
	$action = (string) preg_replace( '/^admin_post_tirage_/', '', current_action() );
	check_admin_referer( "tirage_$action" );
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'Only an administrator may change this.', 'tirage' ), '', array( 'response' => 403 ) );
	}
	$value  = isset( $_POST['value'] ) && is_string( $_POST['value'] ) ? trim( sanitize_text_field( wp_unslash( $_POST['value'] ) ) ) : '';
	$result = call_user_func( "tirage_do_$action", $value );
	tirage_keep_notice( $result );
	wp_safe_redirect( tirage_settings_url() );
	exit;
}
foreach ( array( 'save_url', 'make_secret', 'paste_secret', 'retire_secret', 'test', 'connect', 'send_one', 'send_all' ) as $tirage_action ) {
	add_action( "admin_post_tirage_$tirage_action", 'tirage_handle_form' );
}
unset( $tirage_action );

/**
 * Keeps what to tell the user on the next page.
 *
 * @param string|WP_Error $result A sentence, or what went wrong.
 */
function tirage_keep_notice( $result ): void {
	$notice = array(
		'kind'  => is_wp_error( $result ) ? 'error' : 'success',
		'words' => is_wp_error( $result ) ? $result->get_error_message() : $result,
	);
	set_transient( 'tirage_notice_' . get_current_user_id(), $notice, MINUTE_IN_SECONDS * 5 );
}

/**
 * Keeps the service's address.
 *
 * @param string $value As typed.
 * @return string|WP_Error
 */
function tirage_do_save_url( string $value ) {
	if ( ! tirage_may_set_address() ) {
		return new WP_Error( 'tirage_network', tirage_network_words() );
	}
	if ( '' === $value ) {
		return tirage_take_out_address();
	}
	$url   = esc_url_raw( $value, array( 'http', 'https' ) );
	$parts = wp_parse_url( $url );
	$more  = array_intersect_key( (array) $parts, array_flip( array( 'user', 'query', 'fragment' ) ) );
	if ( ! preg_match( '#^https?://#i', $value ) || empty( $parts['host'] ) || $more ) {
		return new WP_Error( 'tirage_url', __( 'This is no address of a service: it begins with https:// (or http://) and has no login, ? or # in it.', 'tirage' ) );
	}
	if ( untrailingslashit( $url ) !== tirage_service_url() ) {
		tirage_forget_connection();
	}
	update_option( 'tirage_service_url', untrailingslashit( $url ), true );
	delete_option( 'tirage_left_service' );
	tirage_end_pauses();
	update_option( 'tirage_states_next_at', 0, true );
	return __( 'The address is saved.', 'tirage' );
}

/**
 * Whether the user may aim the service's address, which may be on this machine or in its network: on a network of sites
 * that is the host's, not the site's.
 */
function tirage_may_set_address(): bool {
	return ! is_multisite() || current_user_can( 'manage_network_options' );
}

/**
 * Tells who may.
 */
function tirage_network_words(): string {
	return __( 'On a network of sites, only the network’s administrator may set this address: ask them.', 'tirage' );
}

/**
 * Ends the connection. What the service still keeps is remembered by its address, for the privacy tools.
 */
function tirage_take_out_address(): string {
	if ( tirage_is_connected() ) {
		update_option( 'tirage_left_service', tirage_service_url(), false );
	}
	delete_option( 'tirage_service_url' );
	tirage_forget_connection();
	if ( tirage_take_back_passwords( tirage_app_id() ) ) {
		return __( 'The address is taken out: nothing is sent any more, and the Application Password that the service had is taken back.', 'tirage' );
	}
	return __( 'The address is taken out: nothing is sent any more.', 'tirage' );
}

/**
 * What was true of the service before is not of the one at another address.
 */
function tirage_forget_connection(): void {
	delete_option( 'tirage_connected' );
	delete_option( 'tirage_tested' );
}

/**
 * Makes a secret; one that was in use stays good until it is retired.
 *
 * @return string|WP_Error
 */
function tirage_do_make_secret() {
	$added = tirage_add_secret( tirage_make_secret() );
	return is_wp_error( $added ) ? $added : __( 'A secret is made. Now put the line below into the service’s settings.', 'tirage' );
}

/**
 * Puts a secret before the one in use. A third is refused: it would push the one out that the service may still know.
 *
 * @param string $secret The secret.
 * @return true|WP_Error
 */
function tirage_add_secret( string $secret ) {
	$secrets = tirage_secrets();
	if ( count( $secrets ) > 1 ) {
		return new WP_Error( 'tirage_secret', __( 'A new secret is there already, and the old one is still good: retire the old one first, then this can be done.', 'tirage' ) );
	}
	update_option( 'tirage_secrets', array_values( array_unique( array_merge( array( $secret ), $secrets ) ) ), false );
	delete_option( 'tirage_tested' );
	return true;
}

/**
 * Uses a secret that was made elsewhere; one that was in use stays good until it is retired.
 *
 * @param string $value The secret.
 * @return string|WP_Error
 */
function tirage_do_paste_secret( string $value ) {
	$key = base64_decode( (string) preg_replace( '/^whsec_/', '', $value ), true );
	if ( 0 !== strpos( $value, 'whsec_' ) || ! is_string( $key ) || strlen( $key ) < 24 || strlen( $key ) > 64 ) {
		return new WP_Error( 'tirage_secret', __( 'This is no secret of Tirage: it begins with whsec_ and is copied whole.', 'tirage' ) );
	}
	$added = tirage_add_secret( $value );
	return is_wp_error( $added ) ? $added : __( 'The secret is saved.', 'tirage' );
}

/**
 * Ends a change of secrets.
 */
function tirage_do_retire_secret(): string {
	update_option( 'tirage_secrets', array_slice( tirage_secrets(), 0, 1 ), false );
	return __( 'The old secret is retired. Take it out of the service’s settings too.', 'tirage' );
}

/**
 * Sends one delivery again.
 *
 * @param string $value Its id.
 * @return string|WP_Error
 */
function tirage_do_send_one( string $value ) {
	global $wpdb;
	tirage_wait_for_sender();
	tirage_send_again( $value );
	tirage_run_deliveries();
	$query = 'SELECT COUNT(*) FROM ' . tirage_events_table() . " WHERE delivery = %s AND state = 'waiting'";
	if ( (int) $wpdb->get_var( $wpdb->prepare( $query, $value ) ) ) {
		return new WP_Error( 'tirage_waiting', __( 'It isn’t accepted yet: the list below says why. It is tried again by itself.', 'tirage' ) );
	}
	return __( 'Sent once more, and accepted.', 'tirage' );
}

/**
 * Sends all that waits.
 *
 * @return string|WP_Error
 */
function tirage_do_send_all() {
	global $wpdb;
	tirage_wait_for_sender();
	tirage_run_deliveries( true );
	$waiting = (int) $wpdb->get_var( 'SELECT COUNT(*) FROM ' . tirage_events_table() . " WHERE state = 'waiting'" );
	if ( $waiting ) {
		/* translators: %d: how many events still wait */
		$words = __( 'Not everything is accepted yet (events that still wait: %d): the list below says why. It is tried again by itself.', 'tirage' );
		return new WP_Error( 'tirage_waiting', sprintf( $words, $waiting ) );
	}
	return __( 'Everything that waited was sent, and accepted.', 'tirage' );
}
