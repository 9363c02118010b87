<?php
/**
 * Speaking with the service: its address, the secrets, and signed calls that wait for an answer.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The service's address, without a slash at the end; '' while none is set.
 */
function tirage_service_url(): string {
	return untrailingslashit( (string) get_option( 'tirage_service_url', '' ) );
}

/**
 * This blog's address as it is set, whatever language a translating plugin would add to it for this page.
 */
function tirage_blog_address(): string {
	return trailingslashit( (string) get_option( 'home' ) );
}

/**
 * The secrets that requests are signed with: the one in use, and while it is being changed the former one.
 *
 * @return string[]
 */
function tirage_secrets(): array {
	$secrets = get_option( 'tirage_secrets', array() );
	return is_array( $secrets ) ? array_values( array_filter( $secrets, 'is_string' ) ) : array();
}

/**
 * Whether there is a service to send to, and a secret to sign with.
 */
function tirage_is_connected(): bool {
	return '' !== tirage_service_url() && array() !== tirage_secrets();
}

/**
 * A new secret of the Standard Webhooks scheme: 32 random bytes.
 */
function tirage_make_secret(): string {
	return 'whsec_' . base64_encode( random_bytes( 32 ) );
}

/**
 * The headers that sign a body, with every secret in use.
 *
 * @param string $message_id The delivery's or call's own id.
 * @param string $body       The raw bytes that are sent.
 * @return array<string,string>
 */
function tirage_signed_headers( string $message_id, string $body ): array {
	$time       = time();
	$signatures = array();
	foreach ( tirage_secrets() as $secret ) {
		$signatures[] = tirage_signature( $secret, $message_id, $time, $body );
	}
	return array(
		'Content-Type'      => 'application/json',
		'webhook-id'        => $message_id,
		'webhook-timestamp' => (string) $time,
		'webhook-signature' => implode( ' ', array_filter( $signatures ) ),
	);
}

/**
 * A body's signature as the Standard Webhooks scheme has it; '' for a secret that can't be read.
 *
 * @param string $secret     The secret.
 * @param string $message_id The delivery's or call's own id.
 * @param int    $time       Seconds since 1970.
 * @param string $body       The raw bytes.
 */
function tirage_signature( string $secret, string $message_id, int $time, string $body ): string {
	$key = base64_decode( (string) preg_replace( '/^whsec_/', '', $secret ), true );
	return is_string( $key ) ? 'v1,' . base64_encode( hash_hmac( 'sha256', "$message_id.$time.$body", $key, true ) ) : '';
}

/**
 * Sends a signed body to an address of the service.
 *
 * The address was set by an administrator and may well be on this machine or in this network, so it isn't limited to
 * public hosts; redirects aren't followed, as the signature would go with them.
 *
 * @param string $path       Such as '/webhooks/wordpress'.
 * @param string $message_id The delivery's or call's own id.
 * @param string $body       JSON.
 * @param int    $timeout    In seconds.
 * @return array|WP_Error As wp_remote_post() gives it.
 */
function tirage_post( string $path, string $message_id, string $body, int $timeout ) {
	return wp_remote_post(
		tirage_service_url() . $path,
		array(
			'body'                => $body,
			'headers'             => tirage_signed_headers( $message_id, $body ) + array(
				'Accept'          => 'application/json',
				'Accept-Language' => str_replace( '_', '-', get_user_locale() ),
			),
			'timeout'             => $timeout,
			'redirection'         => 0,
			'limit_response_size' => 1024 * 1024,
			'reject_unsafe_urls'  => false,
			'user-agent'          => 'Tirage/' . TIRAGE_VERSION,
		)
	);
}

/**
 * How long to leave the service alone.
 *
 * @param int[] $pauses   Seconds after the first, second, … failure; the last one stays.
 * @param int   $failures How often it failed.
 */
function tirage_pause( array $pauses, int $failures ): int {
	return $pauses[ max( 0, min( $failures, count( $pauses ) ) - 1 ) ];
}

/**
 * A new id for a delivery or a call.
 */
function tirage_message_id(): string {
	return 'msg_' . bin2hex( random_bytes( 16 ) );
}

/**
 * Asks the service for something and waits for the answer.
 *
 * @param string $name            The call, such as 'contest.save'; docs/plugin-protocol.md has them all.
 * @param array  $data            Its data.
 * @param int    $timeout_seconds How long to wait at most.
 * @return array|WP_Error The answer, or an error with a sentence for people and array( 'status' => HTTP status or 0 ).
 */
function tirage_call( string $name, array $data, int $timeout_seconds = 10 ) {
	if ( ! tirage_is_connected() ) {
		$message = __( 'Tirage isn’t connected yet: set the service’s address and a secret under Settings → Tirage.', 'tirage' );
		return new WP_Error( 'tirage_not_connected', $message, array( 'status' => 0 ) );
	}
	$body   = (string) wp_json_encode(
		array(
			'type' => $name,
			'data' => (object) $data,
		)
	);
	$answer = tirage_post( "/plugin/v1/$name", tirage_message_id(), $body, $timeout_seconds );
	if ( is_wp_error( $answer ) ) {
		return tirage_unreachable( $answer, $timeout_seconds );
	}
	return tirage_read_answer( $answer );
}

/**
 * What a service that gave no answer means, in words.
 *
 * @param WP_Error $error           As wp_remote_post() gives it.
 * @param int      $timeout_seconds How long it was waited for.
 */
function tirage_unreachable( WP_Error $error, int $timeout_seconds ): WP_Error {
	if ( preg_match( '/\b(Operation|fsocket) timed out/i', $error->get_error_message() ) ) {
		$message = sprintf(
			/* translators: 1: address of the service, 2: seconds */
			__( 'The Tirage service at %1$s was reached, but took more than %2$d seconds: it may be waiting for this blog, or be busy.', 'tirage' ),
			tirage_service_url(),
			$timeout_seconds
		);
		return new WP_Error( 'tirage_slow', $message, array( 'status' => 0 ) );
	}
	$message = sprintf(
		/* translators: 1: address of the service, 2: what went wrong, in technical words */
		__( 'The Tirage service at %1$s gave no answer (%2$s): check that it runs and that its address is right.', 'tirage' ),
		tirage_service_url(),
		$error->get_error_message()
	);
	return new WP_Error( 'tirage_unreachable', $message, array( 'status' => 0 ) );
}

/**
 * The JSON of an answer, or its problem as an error.
 *
 * @param array $answer As wp_remote_post() gives it.
 * @return array|WP_Error
 */
function tirage_read_answer( array $answer ) {
	$status = (int) wp_remote_retrieve_response_code( $answer );
	$told   = json_decode( (string) wp_remote_retrieve_body( $answer ), true );
	if ( 200 === $status && is_array( $told ) ) {
		return $told;
	}
	$code = is_array( $told ) && isset( $told['code'] ) && is_string( $told['code'] ) ? sanitize_key( $told['code'] ) : '';
	if ( '' === $code ) {
		$message = sprintf(
			/* translators: 1: address, 2: HTTP status */
			__( '%1$s answered with status %2$d, and not as Tirage does: check the service’s address.', 'tirage' ),
			tirage_service_url(),
			$status
		);
		return new WP_Error( 'tirage_not_tirage', $message, array( 'status' => $status ) );
	}
	$detail = isset( $told['detail'] ) && is_string( $told['detail'] ) ? $told['detail'] : '';
	return new WP_Error( $code, tirage_problem_words( $code, $detail ), array( 'status' => $status ) );
}

/**
 * A problem of the service in the user's language, where we know it; else in the service's own words.
 *
 * @param string $code   The problem's stable word.
 * @param string $detail The service's sentence, in English.
 */
function tirage_problem_words( string $code, string $detail ): string {
	$known = array(
		'signature_wrong'    => __( 'The service doesn’t know this secret: put the one from Settings → Tirage into its WEBHOOK_SECRETS and start it again.', 'tirage' ),
		'timestamp_refused'  => __( 'The clocks of the blog and of the service are more than five minutes apart: set them right.', 'tirage' ),
		'no_secret'          => __( 'The service has no secret yet: put the one from Settings → Tirage into its WEBHOOK_SECRETS and start it again.', 'tirage' ),
		'secret_key_missing' => __( 'The service can’t keep the blog’s password and what winners tell safe yet: set its SECRET_KEY to at least 16 characters and start it again.', 'tirage' ),
		'blog_fixed'         => __( 'The service’s own settings name the blog already (WORDPRESS_URL and so on): there is nothing to connect from here.', 'tirage' ),
		'other_blog'         => __( 'The service is connected to another blog: each blog needs a service of its own. If this is the right one, connect it under Settings → Tirage.', 'tirage' ),
		'sealed'             => __( 'The list of this contest is sealed: its settings can’t change any more.', 'tirage' ),
		'comments_closed'    => __( 'Comments are closed on this post, so nobody could enter: allow them, then save again.', 'tirage' ),
		'bad_deadline'       => __( 'The deadline can’t be read or doesn’t exist on the blog’s clock: choose another one.', 'tirage' ),
		'database_unavailable' => __( 'The service’s database doesn’t answer: try again in a moment.', 'tirage' ),
	);
	if ( isset( $known[ $code ] ) ) {
		return $known[ $code ];
	}
	$words = sanitize_text_field( $detail );
	return '' !== $words ? $words : __( 'The service refused this without saying why: its log tells more.', 'tirage' );
}
