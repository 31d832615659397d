/** An article of the seed, which everybody can read and caches may keep. */
export const shownArticle = "5eed0000-0000-4000-8000-000000000002";
