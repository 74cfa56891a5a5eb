package com.paysera.retailer

/**
 * What happened, in terms of what can be done about it; nothing for a defect of the
 * library and after a shutdown.
 */
val ApiException.kind: ErrorKind?
    get() = (this as? ApiException.Failed)?.kind

/** A stable name for texts in the app's languages, for example `not_identified`. */
val ApiException.code: String
    get() = when (this) {
        is ApiException.Failed -> code
        is ApiException.Panicked -> "panicked"
        is ApiException.ShutDown -> "shut_down"
    }

/** Whether the same thing can be tried again. */
val ApiException.retry: Retry
    get() = (this as? ApiException.Failed)?.retry ?: Retry.Never
