# Process.daemon(nochdir, noclose): keeps the directory and the terminal's descriptors.
Process.daemon(true, true)
sleep
