"""What Tirage does, one verb a module; the CLI, the web and the worker all call these."""
