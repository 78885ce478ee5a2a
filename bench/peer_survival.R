# Curves of survival by R's survival (Cox's regression) and ranger (random survival forests).
#
# peer_survival.R sets DIR                  public data sets of the package survival: NAME.csv, and NAME.types for CREATE TABLE
# peer_survival.R curves CSV WIDTH PERIODS  peer, id and curve of everybody, predicted from the other four folds

suppressMessages(library(survival))

# Months until death, or until the last time somebody was seen, and what was known before.
sets <- function() {
  # cbind gives columns of a data frame the names of those of others
  of <- function(time, died, features) cbind(data.frame(months = pmax(1, ceiling(time / 30)), died = died), features)
  without <- function(data, ...) data[, setdiff(names(data), c(...))]
  late <- subset(colon, etype == 2)
  list(
    colon = of(late$time, late$status == 1, without(late, "id", "study", "time", "status", "etype")),
    gbsg = of(gbsg$rfstime, gbsg$status == 1, without(gbsg, "pid", "rfstime", "status")),
    lung = of(lung$time, lung$status == 2, without(lung, "inst", "time", "status")),
    pbc = of(pbc$time, pbc$status == 2, without(pbc, "id", "time", "status")),
    rotterdam = of(rotterdam$dtime, rotterdam$death == 1, without(rotterdam, "pid", "rtime", "recur", "dtime", "death")),
    veteran = of(veteran$time, veteran$status == 1, without(veteran, "time", "status")))
}

write_sets <- function(dir) {
  for (name in names(sets())) {
    set <- sets()[[name]]
    names(set) <- tolower(gsub(".", "_", names(set), fixed = TRUE))
    set.seed(1)
    set <- cbind(id = seq_len(nrow(set)), fold = sample(rep_len(0:4, nrow(set))), set)
    types <- sapply(set, function(x) if (is.logical(x)) "boolean" else if (is.numeric(x)) "float8" else "text")
    types[c("id", "fold", "months")] <- "int"
    writeLines(paste(names(set), types, collapse = ", "), file.path(dir, paste0(name, ".types")))
    write.csv(set, file.path(dir, paste0(name, ".csv")), row.names = FALSE, na = "")
  }
}

# Both want values everywhere: the median, or a category of its own.
filled <- function(set) {
  for (column in names(set))
    if (is.character(set[[column]])) set[[column]] <- factor(ifelse(is.na(set[[column]]), "missing", set[[column]]))
    else set[[column]][is.na(set[[column]])] <- median(set[[column]], na.rm = TRUE)
  set
}

cox <- function(train, test, ends) {
  # what is the same for all in training has no weight
  fit <- coxph(Surv(months, died) ~ ., data = train)
  t(summary(survfit(fit, newdata = test), times = ends, extend = TRUE)$surv)
}

forest <- function(train, test, ends) {
  fit <- ranger::ranger(Surv(months, died) ~ ., data = train, num.trees = 300, min.node.size = 15, num.threads = 2, seed = 1)
  curves <- predict(fit, test, num.threads = 2)
  at <- findInterval(ends, curves$unique.death.times)
  cbind(1, curves$survival)[, at + 1, drop = FALSE]
}

kaplan_meier <- function(train, test, ends) {
  stay <- summary(survfit(Surv(months, died) ~ 1, data = train), times = ends, extend = TRUE)$surv
  matrix(stay, nrow(test), length(ends), byrow = TRUE)
}

write_curves <- function(path, width, periods) {
  set <- filled(read.csv(path, stringsAsFactors = FALSE))
  peers <- list("Cox, R's survival" = cox, "random survival forest, ranger" = forest, "Kaplan-Meier" = kaplan_meier)
  if (!requireNamespace("ranger", quietly = TRUE)) peers[[2]] <- NULL
  for (peer in names(peers))
    for (k in 0:4) {
      train <- set[set$fold != k, setdiff(names(set), c("id", "fold"))]
      test <- set[set$fold == k, ]
      curves <- suppressWarnings(peers[[peer]](train, test, width * seq_len(periods)))
      write.table(data.frame(peer, test$id, paste0("{", apply(curves, 1, paste, collapse = ","), "}")),
                  stdout(), sep = ";", quote = FALSE, row.names = FALSE, col.names = FALSE)
    }
}

args <- commandArgs(trailingOnly = TRUE)
if (args[1] == "sets") write_sets(args[2]) else write_curves(args[2], as.integer(args[3]), as.integer(args[4]))
