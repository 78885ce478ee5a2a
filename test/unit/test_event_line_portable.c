/*
 * test_event_line_portable.c
 *	  The same for processors without SSE2.
 */
#undef __SSE2__
#include "../../src/core/events/line_text.c"
#include "../../src/core/events/line_skip.c"
#include "../../src/core/events/line_value.c"
#include "../../src/core/events/line_lesson.c"
#include "../../src/core/events/event_line.c"
#include "test_event_line.c"
