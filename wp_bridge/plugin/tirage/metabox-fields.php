<?php
/**
 * What the box below the post is made of: boxes to tick, fields of one line and of several.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * A box to tick.
 *
 * @param string $name     The setting.
 * @param string $label    Its words.
 * @param array  $settings All settings.
 * @param bool   $is_fixed Whether it can't be changed.
 */
function tirage_print_tick( string $name, string $label, array $settings, bool $is_fixed = false ): void {
	printf(
		'<p><label><input type="checkbox" name="tirage[%1$s]" value="1"%2$s%3$s> %4$s</label></p>',
		esc_attr( $name ),
		checked( $settings[ $name ], true, false ),
		disabled( $is_fixed, true, false ),
		esc_html( $label )
	);
}

/**
 * A field of one line.
 *
 * @param string   $name  The setting.
 * @param string   $type  The kind of field.
 * @param string   $label Its words.
 * @param string   $value What stands in it.
 * @param int|null $least The least number.
 */
function tirage_print_field( string $name, string $type, string $label, string $value, ?int $least = null ): void {
	$more = null === $least ? '' : sprintf( ' min="%d" max="%d"', (int) $least, (int) TIRAGE_MOST_PLACES );
	printf(
		'<p><label for="tirage-%1$s">%2$s</label><br><input id="tirage-%1$s" type="%3$s" name="tirage[%1$s]" value="%4$s"%5$s></p>',
		esc_attr( $name ),
		esc_html( $label ),
		esc_attr( $type ),
		esc_attr( $value ),
		'text' === $type ? ' class="large-text"' : $more
	);
}

/**
 * A field of several lines.
 *
 * @param string $name  The setting.
 * @param string $label Its words.
 * @param string $value What stands in it.
 */
function tirage_print_lines( string $name, string $label, string $value ): void {
	printf(
		'<p><label for="tirage-%1$s">%2$s</label><br><textarea id="tirage-%1$s" name="tirage[%1$s]" rows="2" class="large-text">%3$s</textarea></p>',
		esc_attr( $name ),
		esc_html( $label ),
		esc_textarea( $value )
	);
}
