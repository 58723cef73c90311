// Fields of forms and JSON by what they hold. No name but these is ever repeated, and of values those of users alone.

export type FieldKind = 'user' | 'password' | 'known';

export const REQUEST_FIELDS: Readonly<Record<FieldKind, readonly string[]>> = {
  user: ['log', 'user_login', 'username', 'user', 'email', 'login'],
  password: ['pwd', 'password', 'pass', 'passwd', 'user_pass', 'pass1', 'pass2', 'post_password'],
  /** Of WordPress's own forms, whose names say what is sent. */
  known: [
    'action',
    'author',
    'comment',
    'comment_post_ID',
    'comment_parent',
    'data',
    'file',
    'nonce',
    'page',
    'query',
    'redirect_to',
    'rememberme',
    's',
    'submit',
    'testcookie',
    'url',
    '_wpnonce',
    'wp-submit',
    'add-to-cart',
    'product_id',
    'quantity',
    'wc-ajax',
    'requests',
    'title',
    'content',
    'status',
  ],
};
