<?php
/**
 * Pools: what is kept of them, which of them the editors can express, and what counts as a change.
 */

use PHPUnit\Framework\TestCase;

final class PoolsTest extends TestCase {

	private static function pool( string $name, string $channel, array $more = array() ): array {
		$pool = array(
			'name'       => $name,
			'channel'    => $channel,
			'winners'    => 1,
			'alternates' => 3,
			'prize'      => '',
		);
		return array_merge( $pool, $more );
	}

	private static function settings( array $given ): array {
		return tirage_clean_settings( $given );
	}

	public function test_pools_are_kept_as_they_were_sent(): void {
		$pools = array(
			self::pool( 'Un <3 & "plus"', 'comments', array( 'prize' => '100 % <b>coton</b> %20' ) ),
			self::pool( 'b', 'something_new', array( 'winners' => 7 ) ),
		);
		$this->assertSame( $pools, self::settings( array( 'pools' => $pools ) )['pools'] );
	}

	public function test_pools_have_everything_in_its_place_whatever_was_sent(): void {
		$sent = array(
			'odd',
			array(),
			array(
				'name'    => " a\n\x00\u{2028} b ",
				'channel' => array( 1 ),
				'winners' => 0,
				'prize'   => str_repeat( 'é', 999 ),
				'other'   => 'dropped',
			),
		);
		$kept = array(
			self::pool( 'comments', 'comments' ),
			self::pool( 'a b', 'comments', array( 'prize' => str_repeat( 'é', TIRAGE_LONGEST_PRIZE ) ) ),
		);
		$this->assertSame( $kept, tirage_clean_pools( $sent ) );
		$this->assertCount( TIRAGE_MOST_POOLS, tirage_clean_pools( array_fill( 0, 99, array() ) ) );
		$this->assertSame( array(), tirage_clean_pools( 'x' ) );
	}

	public function test_commenters_alone_need_no_pools(): void {
		$settings = self::settings( array( 'pools' => array( self::pool( 'comments', 'comments', array( 'winners' => 5 ) ) ) ) );
		$this->assertSame( array( array(), 5 ), array( $settings['pools'], $settings['winners'] ) );
		foreach ( array( array( 'prize' => 'x' ), array( 'name' => 'x' ), array( 'channel' => 'both' ) ) as $more ) {
			$this->assertCount( 1, self::settings( array( 'pools' => array( self::pool( 'comments', 'comments', $more ) ) ) )['pools'] );
		}
	}

	public function test_places_are_those_of_the_first_pool(): void {
		$pools    = array( self::pool( 'a', 'comments', array( 'winners' => 4, 'alternates' => 0 ) ), self::pool( 'b', 'posts' ) );
		$settings = self::settings( array( 'pools' => $pools, 'winners' => 9 ) );
		$this->assertSame( array( 4, 0 ), array( $settings['winners'], $settings['alternates'] ) );
	}

	public function test_the_editors_express_our_own_pools_and_no_others(): void {
		$names = array_map( 'current', tirage_pool_names() );
		$ours  = fn ( ...$channels ) => array_map( fn ( $channel ) => self::pool( $names[ $channel ], $channel ), $channels );
		$this->assertSame( 'comments', tirage_who( tirage_pools( self::settings( array() ) ) ) );
		$this->assertSame( 'comments', tirage_who( array( self::pool( 'Comments', 'comments' ) ) ) );
		$this->assertSame( 'each', tirage_who( $ours( 'comments', 'posts' ) ) );
		$this->assertSame( 'both', tirage_who( array( self::pool( 'both', 'both' ) ) ) );
		$this->assertSame( 'posts', tirage_who( $ours( 'posts' ) ) );
		$others = array(
			$ours( 'posts', 'comments' ),
			$ours( 'comments', 'posts', 'both' ),
			array( self::pool( 'Tasses', 'comments' ) ),
			array( self::pool( 'comments', 'something_new' ) ),
		);
		foreach ( $others as $pools ) {
			$this->assertSame( 'other', tirage_who( $pools ) );
		}
	}

	public function test_posts_take_part_in_every_pool_that_is_not_for_comments_alone(): void {
		$this->assertFalse( tirage_takes_posts( array() ) );
		$this->assertFalse( tirage_takes_posts( array( self::pool( 'a', 'comments' ) ) ) );
		$this->assertTrue( tirage_takes_posts( array( self::pool( 'a', 'comments' ), self::pool( 'b', 'both' ) ) ) );
	}

	public function test_a_contest_of_an_earlier_version_does_not_take_itself_for_changed(): void {
		$kept = array(
			'enabled'        => true,
			'closes'         => '2026-11-27 17:00',
			'winners'        => 2,
			'alternates'     => 1,
			'automatic'      => false,
			'replies_count'  => true,
			'staff_may_win'  => false,
			'leave_out_held' => false,
			'excluded'       => array( 'Ada' ),
		);
		$was  = md5( wp_json_encode( $kept ) );
		$this->assertSame( $was, tirage_fingerprint( self::settings( $kept + array( 'message' => 'Je participe', 'how_to' => 'Dites bonjour' ) ) ) );
		foreach ( array( 'needs_all' => true, 'one_prize' => false, 'pools' => array( self::pool( 'x', 'posts' ) ) ) as $name => $value ) {
			$this->assertNotSame( $was, tirage_fingerprint( self::settings( array( $name => $value ) + $kept ) ) );
		}
	}

	public function test_the_message_is_a_change_only_where_posts_take_part(): void {
		$print = fn ( $channel, $text ) => tirage_fingerprint( self::settings( array( 'message' => $text, 'pools' => array( self::pool( 'x', $channel ) ) ) ) );
		$this->assertSame( $print( 'comments', 'a' ), $print( 'comments', 'b' ) );
		$this->assertNotSame( $print( 'posts', 'a' ), $print( 'posts', 'b' ) );
	}
}
