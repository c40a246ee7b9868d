// htmx writes a style element for its indicator, and evaluates filters: the content-security policy forbids both.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
