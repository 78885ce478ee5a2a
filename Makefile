EXTENSION = sparkify
EXTVERSION = 0.1.0

MODULE_big = $(EXTENSION)
OBJS = $(patsubst %.c,%.o,$(sort $(shell find src -name "*.c")))

# The install script, made of its parts in this order: what a part uses comes
# before it.  Upgrade scripts, from one version to the next, stand as they are.
SQL_PARTS = head event load simulate json_fdw profile_type profile_ops profile log_profile profile_merge describe_log features \
	log_features label dates observations sample \
	model_type model_ops collect train predict model explain exchange \
	scores metrics curves survival boolean_labels evaluate compare backtest audit \
	watching retention registry pictures report shards
DATA_built = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA = $(wildcard sql/$(EXTENSION)--*--*.sql)

REGRESS = $(sort $(patsubst sql/%.sql,%,$(filter-out sql/$(EXTENSION)--%.sql,$(wildcard sql/*.sql))))
REGRESS_OPTS = --load-extension=$(EXTENSION)
EXTRA_CLEAN = test/unit/build test/fuzz/build

JSONC_CFLAGS := $(shell pkg-config --cflags json-c 2>/dev/null)
JSONC_LIBS := $(or $(shell pkg-config --libs json-c 2>/dev/null),-ljson-c)

# files compressed with zstd are read where libzstd is; make ZSTD=no does without
ZSTD ?= $(shell printf '\043include <zstd.h>\n\043if ZSTD_VERSION_NUMBER < 10400\n\043error\n\043endif\n' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo yes)
ifeq ($(ZSTD),yes)
ZSTD_CFLAGS = -DSPK_WITH_ZSTD
ZSTD_LIBS = -lzstd
endif

# -ffp-contract=off: the same model, bit for bit, on every machine
PG_CPPFLAGS = -iquote src -ffp-contract=off $(JSONC_CFLAGS) $(ZSTD_CFLAGS)
# -fvisibility=hidden: only what PostgreSQL looks up leaves the library (see compat.h)
# -fno-semantic-interposition: calls within the module may be inlined
PG_CFLAGS = -fvisibility=hidden -fno-semantic-interposition -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Wno-sign-compare
SHLIB_LINK = $(JSONC_LIBS) -lz $(ZSTD_LIBS) $(SHLIB_LINK_MORE)

PG_CONFIG ?= pg_config

# our own assertions where PostgreSQL has them, too (see core/base/invariant.h)
ifneq ($(findstring --enable-cassert,$(shell $(PG_CONFIG) --configure 2>/dev/null)),)
PG_CPPFLAGS += -DSPK_CHECK_INVARIANTS
endif

# No bitcode: JIT would copy functions of SQL from it into its own code, where
# what they call in the library, and what does not leave it, cannot be found.
override with_llvm = no

PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))

# The goals below the line do without, or install what is missing themselves.
ifneq ($(filter-out test test-emulated demo bench clean,$(or $(MAKECMDGOALS),all)),)

PG_MAJOR := $(shell $(PG_CONFIG) --version 2>/dev/null | sed 's/[^0-9]*\([0-9]*\).*/\1/')

ifeq ($(shell command -v $(CC)),)
MISSING += build-essential
else ifeq ($(shell echo '\#include <json-c/json.h>' | $(CC) $(JSONC_CFLAGS) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo yes),)
MISSING += libjson-c-dev
endif
ifneq ($(shell command -v $(CC)),)
ifeq ($(shell echo '\#include <zlib.h>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo yes),)
MISSING += zlib1g-dev
endif
endif
ifeq ($(PGXS),)
MISSING += postgresql-server-dev-$(or $(PG_MAJOR),all)
endif
ifneq ($(MISSING),)
$(error something to build with is missing (PG_CONFIG is $(PG_CONFIG)): sudo apt-get install $(strip $(MISSING)))
endif

endif

ifneq ($(PGXS),)
include $(PGXS)

$(OBJS): $(shell find src -name "*.h")

SQL_FORGOTTEN = $(filter-out $(SQL_PARTS:%=sql/parts/%.sql),$(wildcard sql/parts/*.sql))

$(DATA_built): $(SQL_PARTS:%=sql/parts/%.sql) Makefile
	$(if $(SQL_FORGOTTEN),$(error SQL_PARTS in the Makefile lacks $(SQL_FORGOTTEN)))
	awk 'FNR == 1 && NR > 1 { print "" } { print }' $(filter %.sql,$^) >$@.new && mv $@.new $@

# TAP tests of the installed extension, each with servers of its own; PROVE_KEEP=yes
# leaves alone what others have in tmp_check that run at the same time
prove_installcheck: export TESTDIR = $(CURDIR)
prove_installcheck: export TESTDATADIR = $(CURDIR)/tmp_check
prove_installcheck: export TESTLOGDIR = $(CURDIR)/tmp_check/log
prove_installcheck: export PG_REGRESS = $(top_builddir)/src/test/regress/pg_regress
prove_installcheck:
	$(if $(PROVE_KEEP),,rm -rf tmp_check &&) mkdir -p tmp_check/log
	PATH="$(bindir):$$PATH" prove --norc -I $(top_srcdir)/src/test/perl $(PROVE_FLAGS) $(or $(PROVE_TESTS),$(sort $(wildcard test/t/*.pl)))
else
clean:
	rm -f $(OBJS) $(OBJS:.o=.bc) $(MODULE_big).so $(DATA_built)
	rm -rf $(EXTRA_CLEAN) results regression.diffs regression.out tmp_check
endif

# ---------------------------------------------------------------------------

# Everything that is tested, on a server of its own that is gone afterwards;
# make test LAYER=regress TEST="features model" chooses, see test/suite.sh, and
# make test PG_CONFIGS=installed runs the regression tests with each PostgreSQL there
# is, see test/run.sh
test:
	@LAYER='$(LAYER)' TEST='$(TEST)' PG_CONFIGS='$(PG_CONFIGS)' test/run.sh

# The core and the regression tests on processors of another kind, emulated:
# make test-emulated ARCHS="arm64 s390x" LAYER=models chooses, see test/emulated.sh
test-emulated:
	@ARCHS='$(ARCHS)' ROOTS='$(ROOTS)' LAYER='$(LAYER)' TEST='$(TEST)' test/emulated.sh

# From an event log to a list of users about to leave; make demo EVENTS="FILE ..."
# takes your log of the music service's kind instead of a simulated one, and any
# other with make demo LOG=app.csv USER=customer_id TIME=created_at EVENT=type
# CHURN=cancel_subscription or CHURN=inactive:30, see test/demo.sh
DEMO_WORDS = LOG USER TIME EVENT CHURN SESSION AMOUNT LEVEL
$(foreach word,$(DEMO_WORDS),$(eval demo: export DEMO_$(word) = $$(if $$(filter command,$$(origin $(word))),$$(value $(word)))))
demo:
	@test/demo.sh $(EVENTS)

# Ours and the peers on the same data; make bench TOPIC="load features" SIZE=2228
# RUNS=5 chooses, see bench/run.sh
bench:
	@TOPIC='$(TOPIC)' SIZE='$(SIZE)' RUNS='$(RUNS)' bench/run.sh

.PHONY: test test-emulated demo bench clean prove_installcheck
