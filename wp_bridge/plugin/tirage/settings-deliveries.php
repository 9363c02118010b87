<?php
/**
 * The page Settings → Tirage: what was sent to the service, and what waits.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The last deliveries.
 */
function tirage_print_deliveries(): void {
	global $wpdb;
	echo '<h2>' . esc_html__( 'Deliveries', 'tirage' ) . '</h2>';
	if ( ! tirage_has_table() ) {
		tirage_install_tables();
	}
	if ( ! tirage_has_table() ) {
		tirage_print_missing_table();
		return;
	}
	$rows = $wpdb->get_results(
		'SELECT delivery, COUNT(*) AS events, MIN(created_at) AS created_at, MAX(attempts) AS attempts,
			MAX(next_at) AS next_at, MIN(state) AS state, MAX(answer) AS answer
		FROM ' . tirage_events_table() . ' GROUP BY delivery ORDER BY MAX(id) DESC LIMIT 20'
	);
	if ( ! $rows ) {
		echo '<p>' . esc_html__( 'Nothing was sent yet: when a comment comes or a post changes, it shows here.', 'tirage' ) . '</p>';
		return;
	}
	echo '<p>' . esc_html__( 'What this blog told the service lately. What couldn’t be sent is tried again by itself.', 'tirage' ) . '</p>';
	tirage_print_dropped();
	tirage_print_delivery_table( $rows );
	if ( in_array( 'waiting', wp_list_pluck( $rows, 'state' ), true ) ) {
		tirage_print_button( 'send_all', __( 'Send everything that waits now', 'tirage' ) );
	}
}

/**
 * That nothing can be kept, and so nothing rings, and what to do.
 */
function tirage_print_missing_table(): void {
	/* translators: %s: the name of a database table */
	$words = sprintf( __( 'The plugin couldn’t make its table %s in the database, so the service is told nothing. Ask your host to give WordPress’s database user the right to CREATE tables, then load this page again.', 'tirage' ), tirage_events_table() );
	echo '<div class="notice notice-error inline"><p>' . esc_html( $words ) . '</p></div>';
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
 * The deliveries as a table.
 *
 * @param object[] $rows From the table of events.
 */
function tirage_print_delivery_table( array $rows ): void {
	echo '<table class="widefat striped tirage-deliveries"><thead><tr>';
	$titles = array(
		__( 'When', 'tirage' ),
		__( 'Events', 'tirage' ),
		__( 'State', 'tirage' ),
		__( 'Tries', 'tirage' ),
		__( 'Action', 'tirage' ),
	);
	foreach ( $titles as $title ) {
		echo '<th scope="col">' . esc_html( $title ) . '</th>';
	}
	echo '</tr></thead><tbody>';
	array_walk( $rows, 'tirage_print_delivery' );
	echo '</tbody></table>';
}

/**
 * One delivery as a row.
 *
 * @param object $row From the table of events.
 */
function tirage_print_delivery( $row ): void {
	$when = wp_date( tirage_time_format(), (int) strtotime( $row->created_at . ' UTC' ) );
	$kind = 'sent' === $row->state ? 'yes-alt' : ( (int) $row->attempts ? 'warning' : 'clock' );
	echo '<tr><td>' . esc_html( $when ) . '</td><td>' . (int) $row->events . '</td>';
	printf(
		'<td class="tirage-state-%1$s"><span class="dashicons dashicons-%1$s" aria-hidden="true"></span> %2$s</td>',
		esc_attr( $kind ),
		esc_html( tirage_delivery_state( $row ) )
	);
	echo '<td>' . (int) $row->attempts . '</td><td>';
	if ( '' !== $row->delivery ) {
		tirage_open_form( 'send_one' );
		printf( '<input type="hidden" name="value" value="%s">', esc_attr( $row->delivery ) );
		/* translators: %s: date and time of a delivery */
		$label = sprintf( __( 'Send again what happened on %s', 'tirage' ), $when );
		printf( '<button class="button button-small" aria-label="%s">%s</button></form>', esc_attr( $label ), esc_html__( 'Send again', 'tirage' ) );
	}
	echo '</td></tr>';
}

/**
 * How far a delivery is, in words.
 *
 * @param object $row From the table of events.
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
