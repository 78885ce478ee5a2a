EXTENSION = sparkify
EXTVERSION = 0.1.0

MODULE_big = $(EXTENSION)
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/core/*.c)))
DATA = $(wildcard sql/$(EXTENSION)--*.sql)

REGRESS = $(sort $(patsubst sql/%.sql,%,$(filter-out $(DATA),$(wildcard sql/*.sql))))
REGRESS_OPTS = --load-extension=$(EXTENSION)

# -ffp-contract=off: the same model, bit for bit, on every machine
PG_CPPFLAGS = -Isrc -ffp-contract=off $(shell pkg-config --cflags json-c 2>/dev/null)
PG_CFLAGS = -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Wno-sign-compare
SHLIB_LINK = $(shell pkg-config --libs json-c 2>/dev/null || echo -ljson-c)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(OBJS): $(wildcard src/*.h src/core/*.h)
