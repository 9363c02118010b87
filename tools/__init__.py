"""What developers run and nobody installs: the plugin's catalogues of words."""
