-- Its statements find rows by keys alone, so one plan is as good as another. Left to itself Postgres makes
-- them anew at each call, for it cannot know the length of the arrays: three quarters of the time of an append.
ALTER FUNCTION log_append(text[], text[], json[], text[]) SET plan_cache_mode = force_generic_plan;
