<?php
/**
 * Claiming a prize: how long winners have for it, what they are asked for, and the fields for it in the box.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_CLAIMS              = array( 'claim_days', 'claim_fields', 'publishes_list' ); // the settings that came together.
const TIRAGE_MOST_CLAIM_DAYS     = 365;
const TIRAGE_MOST_CLAIM_FIELDS   = 10;
const TIRAGE_LONGEST_CLAIM_FIELD = 80;

/**
 * The settings of the claims with everything in their place, whatever was sent. The fields stay where nobody is asked,
 * so that what was typed isn't lost.
 *
 * @param array $given The settings as sent.
 */
function tirage_clean_claims( array $given ): array {
	$fields = array();
	foreach ( is_array( $given['claim_fields'] ?? null ) ? $given['claim_fields'] : array() as $field ) {
		$visible  = is_string( $field ) ? preg_replace( '/\p{Cf}+/u', '', $field ) : ''; // the service takes no others.
		$fields[] = tirage_clean_line( $visible, TIRAGE_LONGEST_CLAIM_FIELD );
	}
	$fields = array_values( array_unique( array_filter( $fields, 'strlen' ) ) );
	return array(
		'claim_days'   => tirage_clean_number( $given['claim_days'] ?? 0, 0, TIRAGE_MOST_CLAIM_DAYS ),
		'claim_fields' => array_slice( $fields, 0, TIRAGE_MOST_CLAIM_FIELDS ),
	);
}

/**
 * What winners are asked, and whether the list is public, as the service takes it. Nothing where nothing is set and the
 * service never told of it: one of an earlier version refuses what it doesn't know.
 *
 * @param int   $post_id  The post.
 * @param array $settings Its settings.
 */
function tirage_claims_wish( int $post_id, array $settings ): array {
	$is_set = $settings['claim_days'] || $settings['claim_fields'] || $settings['publishes_list'];
	if ( ! $is_set && empty( tirage_state( $post_id )['knows_claims'] ) ) {
		return array();
	}
	return array(
		'claims'         => array(
			'days'   => $settings['claim_days'],
			'fields' => $settings['claim_fields'],
		),
		'publishes_list' => $settings['publishes_list'],
	);
}

/**
 * The settings of the claims as the service has them; none of what it doesn't tell.
 *
 * @param array $told From the service.
 */
function tirage_claims_settings( array $told ): array {
	$claims   = is_array( $told['claims'] ?? null ) ? $told['claims'] : array();
	$settings = array(
		'claim_days'     => $claims['days'] ?? null,
		'claim_fields'   => $claims['fields'] ?? null,
		'publishes_list' => $told['publishes_list'] ?? null,
	);
	return array_filter(
		$settings,
		static function ( $value ) {
			return null !== $value;
		}
	);
}

/**
 * What a client sent, with the settings here that it doesn't know, as they are: an editor that was open while the plugin
 * was brought up to date doesn't undo them.
 *
 * @param int   $post_id The post.
 * @param array $sent    The settings as sent.
 */
function tirage_with_claims( int $post_id, array $sent ): array {
	return $sent + array_intersect_key( tirage_settings( $post_id ), array_flip( TIRAGE_CLAIMS ) );
}

/**
 * The fields in the box. Styles hide what winners are asked for while nobody is asked; a browser that can't shows it.
 *
 * @param array $settings The post's settings.
 */
function tirage_print_claims( array $settings ): void {
	$days = $settings['claim_days'] ? (string) $settings['claim_days'] : '';
	echo '<p><strong>' . esc_html__( 'Claiming a prize', 'tirage' ) . '</strong></p>';
	printf(
		'<p><label for="tirage-claim_days">%s</label><br><input id="tirage-claim_days" type="number" name="tirage[claim_days]" value="%s" placeholder="0" min="0" max="%d"></p>',
		esc_html__( 'Days that winners have to claim their prize', 'tirage' ),
		esc_attr( $days ),
		(int) TIRAGE_MOST_CLAIM_DAYS
	);
	echo '<p class="description">' . esc_html__( '0: nobody is asked. Otherwise each winner gets a private link, and what isn’t claimed in time passes on to the next.', 'tirage' ) . '</p>';
	echo '<div class="tirage-if-claims">';
	tirage_print_lines( 'claim_fields', __( 'What winners are asked for (one a line, such as “Postal address”; empty: only whether they take the prize)', 'tirage' ), implode( "\n", $settings['claim_fields'] ) );
	echo '</div>';
}
