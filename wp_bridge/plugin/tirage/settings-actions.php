<?php
/**
 * The page Settings → Tirage: what its buttons do. Each checks the nonce and the right, acts, and goes back with a notice.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_APP_ID = 'b3f0c0de-7a4e-4c6b-9d2f-7469726167e5'; // by which our Application Passwords are found again.

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
	if ( '' === $value ) {
		delete_option( 'tirage_service_url' );
		tirage_forget_connection();
		return __( 'The address is taken out: nothing is sent any more.', 'tirage' );
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
	tirage_set_next_at( 0 );
	update_option( 'tirage_states_next_at', 0, true );
	return __( 'The address is saved.', 'tirage' );
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
 */
function tirage_do_make_secret(): string {
	$secrets = array_slice( array_merge( array( tirage_make_secret() ), tirage_secrets() ), 0, 2 );
	update_option( 'tirage_secrets', $secrets, false );
	delete_option( 'tirage_tested' );
	return __( 'A secret is made. Now put the line below into the service’s settings.', 'tirage' );
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
	$others = array_diff( tirage_secrets(), array( $value ) );
	update_option( 'tirage_secrets', array_slice( array_merge( array( $value ), $others ), 0, 2 ), false );
	delete_option( 'tirage_tested' );
	return __( 'The secret is saved.', 'tirage' );
}

/**
 * Ends a change of secrets.
 */
function tirage_do_retire_secret(): string {
	update_option( 'tirage_secrets', array_slice( tirage_secrets(), 0, 1 ), false );
	return __( 'The old secret is retired. Take it out of the service’s settings too.', 'tirage' );
}

/**
 * Asks the service whether all is well, and keeps what came of it.
 *
 * @return string|WP_Error
 */
function tirage_do_test() {
	$told   = tirage_call( 'ping', array(), 20 );
	$result = is_wp_error( $told ) ? $told : tirage_judge_ping( $told );
	tirage_keep_test( $result, ! is_wp_error( $told ) && is_array( $told['blog'] ?? null ) );
	return $result;
}

/**
 * What the service's answer to a test means.
 *
 * @param array $told From the service.
 * @return string|WP_Error
 */
function tirage_judge_ping( array $told ) {
	if ( 'tirage' !== ( $told['service'] ?? '' ) ) {
		return new WP_Error( 'tirage_not_tirage', __( 'Something else than Tirage answers at this address.', 'tirage' ) );
	}
	if ( 'settings_missing' === ( $told['code'] ?? '' ) ) {
		return __( 'The service answers and knows the secret. Now choose the moderator and press Connect.', 'tirage' );
	}
	$problem = is_string( $told['problem'] ?? null ) ? sanitize_text_field( $told['problem'] ) : '';
	if ( '' !== $problem ) {
		/* translators: %s: the service's own sentence */
		return new WP_Error( 'tirage_blog', sprintf( __( 'The service takes the signature, but can’t work with the blog yet: %s', 'tirage' ), $problem ) );
	}
	$url = esc_url_raw( is_string( $told['blog']['url'] ?? null ) ? $told['blog']['url'] : '' );
	if ( wp_parse_url( $url, PHP_URL_HOST ) !== wp_parse_url( home_url(), PHP_URL_HOST ) ) {
		/* translators: %s: address */
		return new WP_Error( 'tirage_blog', sprintf( __( 'The service works, but for another blog: %s', 'tirage' ), $url ) );
	}
	return __( 'All is well: the service takes what this blog signs, and reaches the blog.', 'tirage' );
}

/**
 * Keeps what a test came to, so that the page shows it at a glance.
 *
 * @param string|WP_Error $result       A sentence, or what went wrong.
 * @param bool            $reaches_blog Whether the service works with a blog.
 */
function tirage_keep_test( $result, bool $reaches_blog ): void {
	$is_well = ! is_wp_error( $result );
	$tested  = array(
		'kind'         => $is_well ? 'success' : 'error',
		'words'        => $is_well ? $result : $result->get_error_message(),
		'at'           => time(),
		'reaches_blog' => $is_well && $reaches_blog,
	);
	update_option( 'tirage_tested', $tested, false );
}

/**
 * Makes an Application Password for the moderator and hands it over.
 *
 * @param string $value The moderator's id.
 * @return string|WP_Error
 */
function tirage_do_connect( string $value ) {
	$user = get_userdata( (int) $value );
	if ( ! $user || ! user_can( $user, 'moderate_comments' ) || ! current_user_can( 'edit_user', $user->ID ) ) {
		return new WP_Error( 'tirage_user', __( 'This user can’t be the moderator: choose one who may moderate comments.', 'tirage' ) );
	}
	if ( ! wp_is_application_passwords_available_for_user( $user ) ) {
		return new WP_Error( 'tirage_no_passwords', __( 'WordPress offers no Application Passwords here: it does so only over https, and a plugin may have switched them off. Mend that, then connect again.', 'tirage' ) );
	}
	$former  = tirage_application_passwords( $user->ID );
	$created = WP_Application_Passwords::create_new_application_password(
		$user->ID,
		array(
			'name'   => 'Tirage ' . wp_date( 'Y-m-d H:i:s' ) . ' ' . wp_generate_password( 4, false ), // must be unique.
			'app_id' => TIRAGE_APP_ID,
		)
	);
	if ( is_wp_error( $created ) ) {
		return $created;
	}
	return tirage_hand_over( $user, $created[0], $created[1]['uuid'], $former );
}

/**
 * Hands a login over. The new password is deleted if the service doesn't take it, the former ones if it does.
 *
 * @param WP_User  $user     The moderator.
 * @param string   $password The new Application Password.
 * @param string   $uuid     Its id.
 * @param string[] $former   Ids of our former ones.
 * @return string|WP_Error
 */
function tirage_hand_over( WP_User $user, string $password, string $uuid, array $former ) {
	$login = array(
		'url'      => home_url( '/' ),
		'user'     => $user->user_login,
		'password' => $password,
	);
	$told  = tirage_call( 'connect', $login, 40 );
	foreach ( is_wp_error( $told ) ? array( $uuid ) : $former as $useless ) {
		WP_Application_Passwords::delete_application_password( $user->ID, $useless );
	}
	if ( is_wp_error( $told ) ) {
		return $told;
	}
	$connected = array(
		'user' => $user->user_login,
		'at'   => time(),
	);
	update_option( 'tirage_connected', $connected, false );
	$words = __( 'Connected: the service reads this blog’s comments now.', 'tirage' );
	tirage_keep_test( $words, true );
	return $words;
}

/**
 * The ids of the Application Passwords that we made for a user.
 *
 * @param int $user_id The user.
 * @return string[]
 */
function tirage_application_passwords( int $user_id ): array {
	$ours = wp_list_filter( WP_Application_Passwords::get_user_application_passwords( $user_id ), array( 'app_id' => TIRAGE_APP_ID ) );
	return array_values( wp_list_pluck( $ours, 'uuid' ) );
}

/**
 * Sends one delivery again.
 *
 * @param string $value Its id.
 */
function tirage_do_send_one( string $value ): string {
	tirage_send_again( $value );
	tirage_run_deliveries();
	return __( 'Sent once more: its state below tells whether it was accepted.', 'tirage' );
}

/**
 * Sends all that waits.
 */
function tirage_do_send_all(): string {
	tirage_run_deliveries( true );
	return __( 'Everything that waited was sent: the states below tell what was accepted.', 'tirage' );
}
