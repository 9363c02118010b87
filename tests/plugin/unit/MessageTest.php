<?php
/**
 * The message that entrants post: what is kept of it, and what the service composed of it for each network.
 */

use PHPUnit\Framework\TestCase;

final class MessageTest extends TestCase {

	private static function composed( string $network, string $url = '', array $more = array() ): array {
		$one = array(
			'network' => $network,
			'url'     => $url,
			'text'    => 'Je participe',
			'length'  => 12,
			'longest' => 280,
			'fits'    => true,
		);
		return array_merge( $one, $more );
	}

	public function test_words_lose_their_marks_and_blanks(): void {
		$kept = tirage_clean_message( array( 'hashtags' => '#concours, ＃livres ; #concours', 'mentions' => array( '@blog', ' @blog@mastodon.example', 5, '' ) ) );
		$this->assertSame( array( 'concours', 'livres' ), $kept['hashtags'] );
		$this->assertSame( array( 'blog', 'blog@mastodon.example' ), $kept['mentions'] );
	}

	public function test_a_text_keeps_its_lines_and_what_looks_like_html(): void {
		$this->assertSame( "I <3 it\n100%20", tirage_clean_message( array( 'message' => " I <3\tit\r\n100%20 " ) )['message'] );
		$this->assertSame( TIRAGE_LONGEST_MESSAGE, mb_strlen( tirage_clean_message( array( 'message' => str_repeat( 'é', 5000 ) ) )['message'] ) );
		foreach ( array( array( 1 ), null, "\xff" ) as $odd ) {
			$this->assertSame( '', tirage_clean_message( array( 'message' => $odd ) )['message'] );
		}
	}

	public function test_links_are_web_addresses(): void {
		$kept = tirage_clean_message( array( 'links' => "https://a.example/?b=1&c=%C3%A9 javascript:alert(1)\nblog.example" ) );
		$this->assertSame( array( 'https://a.example/?b=1&c=%C3%A9', 'http://blog.example' ), $kept['links'] );
		$this->assertCount( TIRAGE_MOST_ASKED, tirage_clean_links( array_map( fn ( $n ) => "https://a.example/$n", range( 1, 99 ) ) ) );
	}

	public function test_without_a_link_something_else_has_to_count(): void {
		$this->assertTrue( tirage_clean_message( array( 'no_link' => true, 'hashtags' => array( 'a' ) ) )['no_link'] );
		$this->assertFalse( tirage_clean_message( array( 'no_link' => true ) )['no_link'] );
		$this->assertFalse( tirage_clean_message( array( 'no_link' => true, 'hashtags' => array( 'a' ), 'links' => array( 'https://a.example/' ) ) )['no_link'] );
	}

	public function test_no_link_means_the_post_s_own_in_both_directions(): void {
		$own  = fn () => 'https://blog.example/gagnez/';
		add_filter( 'post_link', $own );
		$post = wp_insert_post( array( 'post_title' => 'x', 'post_status' => 'publish' ) );
		$sent = fn ( $given ) => tirage_message_wish( $post, tirage_clean_settings( $given ) )['links'];
		$read = fn ( $told ) => array_intersect_key( tirage_clean_message( tirage_message_settings( $post, $told ) ), array( 'links' => 1, 'no_link' => 1 ) );
		$this->assertSame( array(), $sent( array() ) ); // the service puts it in.
		$this->assertSame( array( $own() ), $sent( array( 'hashtags' => array( 'a' ) ) ) );
		$this->assertSame( array(), $sent( array( 'hashtags' => array( 'a' ), 'no_link' => true ) ) );
		$this->assertSame( array( 'https://a.example/' ), $sent( array( 'links' => array( 'https://a.example/' ) ) ) );
		$this->assertSame( array( 'links' => array(), 'no_link' => false ), $read( array( 'links' => array( $own() ), 'hashtags' => array( 'a' ) ) ) );
		$this->assertSame( array( 'links' => array(), 'no_link' => true ), $read( array( 'links' => array(), 'hashtags' => array( 'a' ) ) ) );
		$this->assertSame( array( 'links' => array( 'https://a.example/' ), 'no_link' => false ), $read( array( 'links' => array( 'https://a.example/' ) ) ) );
		wp_delete_post( $post, true );
		remove_filter( 'post_link', $own );
	}

	public function test_what_was_composed_comes_in_our_order_and_without_networks_we_do_not_know(): void {
		$told = array( self::composed( 'bluesky' ), 'odd', self::composed( 'myspace' ), array( 'network' => array() ), self::composed( 'x' ), self::composed( 'mastodon' ) );
		$this->assertSame( array( 'x', 'mastodon', 'bluesky' ), array_column( tirage_clean_compose( $told ), 'network' ) );
		$this->assertSame( array(), tirage_clean_compose( 'x' ) );
	}

	public function test_only_https_addresses_with_a_plain_host_are_linked(): void {
		$good = array( 'https://x.com/intent/post?text=a%20%C3%A9', 'https://mastodon.social/share?text=a', 'https://m.example:8443', 'https://bsky.app/#a' );
		foreach ( $good as $url ) {
			$this->assertSame( $url, tirage_clean_https( $url ) );
		}
		$bad = array( '', null, array(), 'http://x.com/', 'javascript:alert(1)', '//x.com', 'x.com/a', 'https://', 'https://a:b@x.com/', 'https://x.com\\@evil.example/', 'https://x"onclick=.com/', ' https://x.com/', "https://x.com\n.evil.example" );
		foreach ( $bad as $url ) {
			$this->assertSame( '', tirage_clean_https( $url ), (string) wp_json_encode( $url ) );
		}
	}

	public function test_line_breaks_in_a_link_become_blanks(): void {
		$this->assertSame( 'https://x.com/?text=a%20b%20c', tirage_clean_https( 'https://x.com/?text=a%0Ab%0d%0ac' ) );
	}

	public function test_what_is_too_long_is_told_by_how_much(): void {
		$long = array( 'length' => 292, 'fits' => false );
		$told = tirage_too_long( tirage_clean_compose( array( self::composed( 'x', '', $long ), self::composed( 'bluesky' ) ) ) );
		$this->assertCount( 1, $told );
		$this->assertStringContainsString( '12', $told[0] );
		$this->assertStringContainsString( ' X', $told[0] );
	}
}
