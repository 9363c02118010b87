<?php
/**
 * How what is sent gets signed, and who may ask for a delivery.
 */

use PHPUnit\Framework\TestCase;

final class SigningTest extends TestCase {

	// The scheme's published example: github.com/standard-webhooks/standard-webhooks.
	private const SECRET    = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
	private const ID        = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
	private const TIME      = 1614265330;
	private const BODY      = '{"test": 2432232314}';
	private const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

	protected function tearDown(): void {
		remove_all_filters( 'pre_option_tirage_secrets' );
	}

	private function headers( array $secrets ): array {
		add_filter( 'pre_option_tirage_secrets', fn () => $secrets );
		return tirage_signed_headers( self::ID, self::BODY );
	}

	public function test_a_signature_is_the_published_one(): void {
		$this->assertSame( self::SIGNATURE, tirage_signature( self::SECRET, self::ID, self::TIME, self::BODY ) );
	}

	public function test_with_two_secrets_each_signs_the_same_moment(): void {
		$other   = tirage_make_secret();
		$headers = $this->headers( array( self::SECRET, $other ) );
		$time    = (int) $headers['webhook-timestamp'];
		$this->assertSame(
			tirage_signature( self::SECRET, self::ID, $time, self::BODY ) . ' ' . tirage_signature( $other, self::ID, $time, self::BODY ),
			$headers['webhook-signature']
		);
		$this->assertEqualsWithDelta( time(), $time, 2 );
	}

	public function test_a_secret_that_is_no_base64_signs_nothing(): void {
		$headers = $this->headers( array( 'whsec_not base64!', self::SECRET ) );
		$this->assertSame( 1, substr_count( $headers['webhook-signature'], 'v1,' ) );
	}

	public function test_a_secret_that_was_made_holds_32_bytes_and_is_never_the_same(): void {
		$secret = tirage_make_secret();
		$this->assertSame( 32, strlen( base64_decode( substr( $secret, 6 ), true ) ) );
		$this->assertNotSame( $secret, tirage_make_secret() );
	}

	public function test_a_kick_is_good_for_the_minute_it_was_made_in_and_the_next(): void {
		$this->assertTrue( tirage_may_deliver( 'states', tirage_kick_code( 'states', time() ) ) );
		$this->assertTrue( tirage_may_deliver( 'states', tirage_kick_code( 'states', time() - 60 ) ) );
		$this->assertFalse( tirage_may_deliver( 'states', tirage_kick_code( 'states', time() - 120 ) ) );
	}

	public function test_a_kick_is_good_for_its_own_work_only(): void {
		$this->assertFalse( tirage_may_deliver( 'deliveries', tirage_kick_code( 'states', time() ) ) );
		$this->assertFalse( tirage_may_deliver( 'deliveries', '' ) );
		$this->assertFalse( tirage_may_deliver( 'other', tirage_kick_code( 'other', time() ) ) );
	}
}
