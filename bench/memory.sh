#
# memory.sh
#	  The peak memory of a server's processes.
#
# To be sourced.
memory_pause=0.01				# seconds between two looks

# look_on LOOK SAMPLES COMMAND...: runs the command, and LOOK again and again until it has ended;
# what the looks say is added to the file of samples
look_on()
{
	local command

	"${@:3}" &
	command=$!
	while kill -0 $command 2>/dev/null; do
		"$1" >>"$2"
		sleep "$memory_pause"
	done
	wait $command
}

# watch_memory COMMAND...: runs it and leaves in $private_mb the peak of what
# all backends and workers had for themselves at one time (RssAnon, summed), and
# in $process_mb the largest peak of one process (VmHWM), which counts the pages
# of shared buffers that it has touched; dashes when it was over too soon.
watch_memory()
{
	local samples=$SANDBOX/memory.samples

	: >"$samples"
	look_on memory_sample "$samples" "$@" >/dev/null
	awk '
		$1 > private { private = $1 }
		$2 > process { process = $2 }
		END { print NR ? sprintf("%.1f %.1f", private / 1024, process / 1024) : "– –" }' "$samples" >"$samples.peak"
	read -r private_mb process_mb <"$samples.peak"
}

# Kilobytes: private memory of all backends and workers, largest peak of one
memory_sample()
{
	local pid files=()

	for pid in $(pgrep -P "$postmaster" -f '^postgres: (parallel worker|.*\[local\])'); do
		files+=("/proc/$pid/status")
	done
	[ ${#files[@]} -gt 0 ] || return 0
	# a process may end while it is looked at
	awk '$1 == "RssAnon:" { sum += $2 } $1 == "VmHWM:" && $2 > peak { peak = $2 } END { print sum + 0, peak + 0 }' \
		"${files[@]}" 2>/dev/null || true
}

# Kilobytes: private memory of all processes and the shared segments of the leader
memory_of_all()
{
	local pid from to

	{
		# a process may end while it is looked at
		for pid in $(pgrep -P "$postmaster" -f '^postgres: (parallel worker|.*\[local\])'); do
			awk '$1 == "RssAnon:" { print $2 }' "/proc/$pid/status" 2>/dev/null
		done
		# what the server has from its start is mapped by all
		for pid in $(pgrep -P "$postmaster" -f '^postgres: .*\[local\]'); do
			awk '/PostgreSQL/ { print $1 }' "/proc/$pid/maps" 2>/dev/null | tr - ' ' |
				while read -r from to; do
					echo $(((0x$to - 0x$from) / 1024))
				done
		done
	} | awk '{ sum += $1 } END { if (NR > 0) print sum }' || true
}
