<?php
/**
 * Inserts $args['count'] approved comments by SQL; run inside a blog by run.php.
 */

$words = explode(' ', 'Merci pour ce concours ! Je tente ma chance, bravo à toute l’équipe du blog et bonne année à vous '
    . 'tous ; ce livre me fait rêver depuis longtemps, je croise les doigts et je le partage autour de moi avec plaisir');
$columns = ['comment_post_ID', 'comment_author', 'comment_author_email', 'comment_author_url', 'comment_author_IP',
    'comment_agent', 'comment_date', 'comment_date_gmt', 'comment_content', 'comment_approved', 'comment_type'];
$into = "INSERT INTO $wpdb->comments (" . implode(', ', $columns) . ') VALUES ';

$make_row = function (int $n) use ($args, $words): array {
    $gmt = gmdate('Y-m-d H:i:s', (int) ($args['first'] + $n * $args['step']));
    $text = "Participation $n :";
    for ($left = mt_rand(11, 30); $left > 0; $left--) {
        $text .= ' ' . $words[mt_rand(0, count($words) - 1)];
    }
    return [(int) $args['post_id'], "Lectrice $n", "lectrice$n@lecteurs.example", '', '192.0.2.' . ($n % 254 + 1),
        'testbed', get_date_from_gmt($gmt), $gmt, $text, '1', 'comment'];
};

// The drop-in parses every statement as MySQL, ten times slower than SQLite itself.
$insert_into_sqlite = function (array $rows) use ($into, $columns): void {
    static $statement = null;
    if ($statement === null) {
        $sqlite = new PDO('sqlite:' . DB_DIR . '/' . DB_FILE, null, null, [PDO::ATTR_TIMEOUT => 60]);
        $statement = [$sqlite, $sqlite->prepare($into . '(' . rtrim(str_repeat('?,', count($columns)), ',') . ')')];
    }
    [$sqlite, $insert] = $statement;
    $sqlite->beginTransaction();
    array_map([$insert, 'execute'], $rows);
    $sqlite->commit();
};

$insert_into_mariadb = function (array $rows) use ($into, $wpdb): void {
    $tuples = array_map(fn ($row) => "('" . implode("','", array_map('esc_sql', $row)) . "')", $rows);
    if ($wpdb->query($into . implode(',', $tuples)) === false) {
        throw new RuntimeException($wpdb->last_error);
    }
};

mt_srand(7);
$insert = defined('DB_ENGINE') && DB_ENGINE === 'sqlite' ? $insert_into_sqlite : $insert_into_mariadb;
for ($start = 0; $start < $args['count']; $start += 1000) {
    $insert(array_map($make_row, range($start, min($start + 1000, $args['count']) - 1)));
}
wp_update_comment_count_now($args['post_id']);
