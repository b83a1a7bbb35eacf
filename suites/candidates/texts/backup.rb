# The backup script: what it forks inherits its process group and its session, so ^C typed at it reaches the child,
# although the parent is gone. Without exit: the parent stays, as the script of the text does.
fork { sleep }
exit if ARGV == ["exit"]
Process.wait
