#!/usr/bin/env Rscript
#
# delong.R
#	  AUCs with their limits, and a paired test, by pROC, for test/unit/test_delong.c.
#
# apt-get install r-cran-proc; then run it.  Nothing else needs it.
#
library(pROC)

i <- 0:499
score <- (7 * i * i + 3 * i) %% 101 / 100
label <- as.integer((37 * i + 11) %% 89 < 50 * score * score + 10)
other <- (11 * i * i + 5 * i + 20 * label) %% 97 / 96

show <- function(n) {
	a <- roc(label[1:n], score[1:n], direction = "<", quiet = TRUE)
	b <- roc(label[1:n], other[1:n], direction = "<", quiet = TRUE)
	t <- roc.test(a, b, method = "delong", paired = TRUE)
	ca <- ci.auc(a, method = "delong")
	cb <- ci.auc(b, method = "delong")
	cat(sprintf("\t{%d, {%.15g, %.15g}, {%.15g, %.15g}, {%.15g, %.15g}, %.15g},\n", n,
		ca[2], cb[2], ca[1], ca[3], cb[1], cb[3], t$p.value))
}
for (n in c(20, 100, 500)) show(n)
