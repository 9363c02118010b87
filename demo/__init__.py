"""`make demo`: a whole contest on a real WordPress, from the post to the winner comment."""
