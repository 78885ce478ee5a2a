/*
 * event_fault.c
 *	  Why a line is no event.
 */
#include <stdarg.h>
#include <stdio.h>

#include "core/base/utf8.h"
#include "json/event_fault.h"

bool
spk_fault(SpkEventFault *fault, SpkFaultKind kind, const char *format, ...)
{
	va_list args;
	int		len;

	fault->kind = kind;
	va_start(args, format);
	len = vsnprintf(fault->reason, sizeof(fault->reason), format, args);
	va_end(args);
	if (len >= (int) sizeof(fault->reason))
		fault->reason[spk_utf8_whole(fault->reason, sizeof(fault->reason) - 1)] = '\0';
	return false;
}
