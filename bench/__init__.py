"""Speed and memory against a real WordPress, as ratios that mean the same on any machine. `make bench` runs it."""
