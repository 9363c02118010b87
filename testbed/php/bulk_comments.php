<?php
/**
 * Inserts $args['count'] comments by SQL, a few hundred rows at a time; run inside a blog by run.php.
 */

$words = explode(' ', 'Merci pour ce concours ! Je tente ma chance, bravo à toute l’équipe du blog et bonne année à vous '
    . 'tous ; ce livre me fait rêver depuis longtemps, je croise les doigts et je le partage autour de moi avec plaisir');
$columns = 'comment_post_ID, comment_author, comment_author_email, comment_author_IP, comment_agent, comment_date, '
    . 'comment_date_gmt, comment_content, comment_approved, comment_type';

mt_srand(7);
wp_suspend_cache_invalidation(true);
$wpdb->query('START TRANSACTION');
for ($start = 0; $start < $args['count']; $start += 500) {
    $rows = [];
    for ($n = $start; $n < min($start + 500, $args['count']); $n++) {
        $gmt = gmdate('Y-m-d H:i:s', (int) ($args['first'] + $n * $args['step']));
        $text = "Participation $n :";
        for ($left = mt_rand(10, 28); $left > 0; $left--) {
            $text .= ' ' . $words[mt_rand(0, count($words) - 1)];
        }
        $values = [
            "Lectrice $n", "lectrice$n@lecteurs.example", '192.0.2.' . ($n % 254 + 1), 'testbed',
            get_date_from_gmt($gmt), $gmt, $text, '1', 'comment',
        ];
        $rows[] = '(' . (int) $args['post_id'] . ", '" . implode("','", array_map('esc_sql', $values)) . "')";
    }
    if ($wpdb->query("INSERT INTO $wpdb->comments ($columns) VALUES " . implode(',', $rows)) === false) {
        throw new RuntimeException($wpdb->last_error);
    }
}
$wpdb->query('COMMIT');
wp_suspend_cache_invalidation(false);
wp_update_comment_count_now($args['post_id']);
